// SPDX-License-Identifier: MIT
#include "sample/elf.h"

#include "base/text.h"

enum {
	IDENT_SIZE = 16,
	CLASS_AT = 4,
	ORDER_AT = 5,
	MACHINE_AT = 18,
	TYPE_LOAD = 1,
	SECTION_NO_BITS = 8,
	FLAG_ALLOC = 2,
};

// Where fields are, in files of 32 and 64 bits.
struct layout {
	size_t header, program, section;  // sizes
	size_t program_at, section_at;    // in the file's header: offsets of the tables
	size_t program_count, section_count;
	size_t load_offset, load_address, load_length;  // in a program header
	size_t part_flags, part_address, part_offset, part_length;
};

static const struct layout narrow = {
	.header = 52,
	.program = 32,
	.section = 40,
	.program_at = 28,
	.section_at = 32,
	.program_count = 44,
	.section_count = 48,
	.load_offset = 4,
	.load_address = 8,
	.load_length = 16,
	.part_flags = 8,
	.part_address = 12,
	.part_offset = 16,
	.part_length = 20,
};

static const struct layout wide = {
	.header = 64,
	.program = 56,
	.section = 64,
	.program_at = 32,
	.section_at = 40,
	.program_count = 56,
	.section_count = 60,
	.load_offset = 8,
	.load_address = 16,
	.load_length = 32,
	.part_flags = 8,
	.part_address = 16,
	.part_offset = 24,
	.part_length = 32,
};

// ---- fields

static uint32_t half(const struct elf *elf, struct span s, size_t at)
{
	return elf->is_big ? span_u16(s, at) : span_u16_le(s, at);
}

static uint32_t word(const struct elf *elf, struct span s, size_t at)
{
	return elf->is_big ? span_u32(s, at) : span_u32_le(s, at);
}

// As wide as addresses are.
static uint64_t address(const struct elf *elf, struct span s, size_t at)
{
	if (!elf->is_wide)
		return word(elf, s, at);
	const uint64_t first = word(elf, s, at), second = word(elf, s, at + 4);
	return elf->is_big ? first << 32 | second : second << 32 | first;
}

// ---- tables

// A table of the file, or an empty span, with the reason.
static struct span table_at(struct elf *elf, struct span file, uint64_t offset, uint64_t size,
                            const char *why)
{
	if (size == 0)
		return (struct span){ .length = 0 };
	if (offset >= file.length || size > file.length - offset) {
		elf->damage = why;
		return (struct span){ .length = 0 };
	}
	return (struct span){ file.bytes + offset, (size_t)size };
}

static void add_range(struct elf *elf, struct span file, struct elf_range r)
{
	if (r.length == 0 || elf->range_count == ELF_RANGES_MAX)
		return;
	if (r.offset >= file.length || r.length > file.length - r.offset ||
	    r.address + r.length < r.address) {
		elf->damage = "a part lies outside the file";
		return;
	}
	elf->ranges[elf->range_count++] = r;
}

static void read_programs(struct elf *elf, struct span file, const struct layout *l)
{
	const uint64_t offset = address(elf, file, l->program_at);
	const uint64_t size = half(elf, file, l->program_count) * (uint64_t)l->program;
	const struct span table = table_at(elf, file, offset, size,
	                                   "program headers lie outside the file");
	for (size_t at = 0; at < table.length; at += l->program) {
		const struct elf_range r = {
			.offset = address(elf, table, at + l->load_offset),
			.length = address(elf, table, at + l->load_length),
			.address = address(elf, table, at + l->load_address),
		};
		if (word(elf, table, at) == TYPE_LOAD)
			add_range(elf, file, r);
	}
	if (table.length > 0)
		elf->header_end = (size_t)(offset + size);
}

static void read_sections(struct elf *elf, struct span file, const struct layout *l)
{
	const uint64_t offset = address(elf, file, l->section_at);
	const uint64_t size = half(elf, file, l->section_count) * (uint64_t)l->section;
	const struct span table = table_at(elf, file, offset, size,
	                                   "section headers lie outside the file");
	for (size_t at = 0; at < table.length; at += l->section) {
		const struct elf_range r = {
			.offset = address(elf, table, at + l->part_offset),
			.length = address(elf, table, at + l->part_length),
			.address = address(elf, table, at + l->part_address),
		};
		const bool has_bytes = word(elf, table, at + 4) != SECTION_NO_BITS;
		if (has_bytes && (address(elf, table, at + l->part_flags) & FLAG_ALLOC) != 0)
			add_range(elf, file, r);
	}
}

struct elf elf_read(struct span file)
{
	struct elf elf = { .damage = NULL };
	if (file.length < 4 || span_u32(file, 0) != 0x7f454c46)
		return elf;
	elf.is_elf = true;
	if (file.length < IDENT_SIZE + 4) {
		elf.damage = "the header breaks off";
		return elf;
	}
	const uint8_t class = file.bytes[CLASS_AT], order = file.bytes[ORDER_AT];
	elf.is_wide = class == 2;
	elf.is_big = order == 2;
	elf.machine = (uint16_t)half(&elf, file, MACHINE_AT);
	const struct layout *l = elf.is_wide ? &wide : &narrow;
	elf.is_sane = class >= 1 && class <= 2 && order >= 1 && order <= 2;
	if (!elf.is_sane)
		elf.damage = "class or byte order cannot be";
	else if (file.length < l->header)
		elf.damage = "the header breaks off";
	if (elf.damage != NULL)
		return elf;
	read_programs(&elf, file, l);
	// Segments say it all; a file that has none has sections.
	if (elf.range_count == 0)
		read_sections(&elf, file, l);
	return elf;
}

// ---- names

static const struct {
	uint16_t machine;
	const char *name;
} machines[] = {
	{ 0, "none" },    { 2, "sparc" },   { 3, "x86" },     { 4, "m68k" },
	{ 8, "mips" },    { 10, "mips" },   { 18, "sparc" },  { 20, "powerpc" },
	{ 21, "ppc64" },  { 40, "arm" },    { 42, "superh" }, { 43, "sparc" },
	{ 45, "arc" },    { 62, "x86-64" }, { 93, "arc" },    { 94, "xtensa" },
	{ 183, "arm64" }, { 195, "arc" },   { 243, "riscv" }, { 258, "loongarch" },
};

void elf_format(const struct elf *elf, char out[ELF_FORMAT_SIZE])
{
	char number[8];
	const char *machine = number;
	text_format(number, sizeof number, "%u", (unsigned)elf->machine);
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (machines[i].machine == elf->machine)
			machine = machines[i].name;
	if (elf->is_sane)
		text_format(out, ELF_FORMAT_SIZE, "elf%s-%s-%s", elf->is_wide ? "64" : "32",
		            elf->is_big ? "be" : "le", machine);
	else
		text_copy(out, ELF_FORMAT_SIZE, "elf-damaged");
}

size_t elf_range_of(const struct elf *elf, uint64_t offset)
{
	for (size_t i = 0; i < elf->range_count; i++)
		if (offset >= elf->ranges[i].offset &&
		    offset - elf->ranges[i].offset < elf->ranges[i].length)
			return i;
	return ELF_RANGES_MAX;
}

bool elf_address(const struct elf *elf, uint64_t offset, uint64_t *out)
{
	const size_t i = elf_range_of(elf, offset);
	if (i == ELF_RANGES_MAX)
		return false;
	*out = elf->ranges[i].address + (offset - elf->ranges[i].offset);
	return true;
}

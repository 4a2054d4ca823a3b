// SPDX-License-Identifier: MIT
// Packets into a pcap file, fast: a frame is a template that is copied and patched.
//
// Checksums are right, so that the bytes compress as those of real traffic do. Ethernet
// frames carry the source address of all simulated traffic (decode_simulated_mac).
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum form {
	FORM_BARE,      // SYN without options: scanners with raw sockets
	FORM_MSS,       // SYN with a maximum segment size
	FORM_WINDOWS,   // SYN with the options of Windows
	FORM_LINUX,     // SYN with the options of Linux
	FORM_SYN_ACK,   // what victims of a flood answer
	FORM_RST,       // the same, from a closed port
	FORM_DATAGRAM,  // UDP of 24 bytes
	FORM_ECHO,      // ICMP echo request of 64 bytes
	FORM_COUNT
};

// What differs between packets of one form.
struct header {
	uint64_t time_us;
	uint32_t source, destination;
	uint32_t seq, ack;  // of a datagram and an echo: the first bytes of the payload
	uint32_t clock;     // the timestamp of FORM_LINUX
	uint16_t source_port, destination_port;
	uint16_t ip_id, window, mss;
	uint8_t ttl, tos;
	uint8_t form;
};

struct writer;

// Writes the head of the file. NULL: no memory. `fd` stays with the caller.
struct writer *writer_new(int fd, struct error *error);
void writer_put(struct writer *, const struct header *);
// Writes what is left, and frees. False: something could not be written.
bool writer_end(struct writer *, struct error *error) MUST_CHECK;

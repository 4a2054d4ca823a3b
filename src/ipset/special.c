// SPDX-License-Identifier: MIT
// By the IANA IPv4 Special-Purpose Address Registry (RFC 6890), and the registry of multicast (RFC 5771).
#include "ipset/ipset.h"

bool ipset_is_special(uint32_t address)
{
	static const struct ipset_prefix special[] = {
		{ 0x00000000, 0x00ffffff },  // 0.0.0.0/8       this network (RFC 791)
		{ 0x0a000000, 0x0affffff },  // 10.0.0.0/8      private (RFC 1918)
		{ 0x64400000, 0x647fffff },  // 100.64.0.0/10   behind a carrier's NAT (RFC 6598)
		{ 0x7f000000, 0x7fffffff },  // 127.0.0.0/8     loopback (RFC 1122)
		{ 0xa9fe0000, 0xa9feffff },  // 169.254.0.0/16  link-local (RFC 3927)
		{ 0xac100000, 0xac1fffff },  // 172.16.0.0/12   private (RFC 1918)
		{ 0xc0000000, 0xc00000ff },  // 192.0.0.0/24    IETF protocols (RFC 6890)
		{ 0xc0000200, 0xc00002ff },  // 192.0.2.0/24    documentation (RFC 5737)
		{ 0xc0a80000, 0xc0a8ffff },  // 192.168.0.0/16  private (RFC 1918)
		{ 0xc6120000, 0xc613ffff },  // 198.18.0.0/15   benchmarks (RFC 2544)
		{ 0xc6336400, 0xc63364ff },  // 198.51.100.0/24 documentation (RFC 5737)
		{ 0xcb007100, 0xcb0071ff },  // 203.0.113.0/24  documentation (RFC 5737)
		{ 0xe0000000,
		  0xffffffff },  // 224.0.0.0/3     multicast, reserved (RFC 1112), broadcast
	};
	// By their first octets: most addresses begin with another.
	static const uint32_t octets[8] = { 0x401, 0, 0, 0x80000010, 0, 0x1200, 0x841, UINT32_MAX };
	if (!(octets[address >> 29] >> (address >> 24 & 31) & 1))
		return false;
	size_t i = 0;
	while (i < sizeof special / sizeof *special && address > special[i].last)
		i++;
	return i < sizeof special / sizeof *special && address >= special[i].first;
}

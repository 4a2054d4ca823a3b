// SPDX-License-Identifier: MIT
#include "present/page/port.h"

#include "base/text.h"

void port_name(struct report_port port, char out[PORT_NAME_SIZE])
{
	text_format(out, PORT_NAME_SIZE, port.is_udp ? "%u/UDP" : "%u", port.number);
}

void port_anchor(struct report_port port, char out[PORT_ANCHOR_SIZE])
{
	text_format(out, PORT_ANCHOR_SIZE, "port-%u-%s", port.number, port.is_udp ? "udp" : "tcp");
}

// Services that scanners of devices look for: those of the IANA registry, and what devices
// are known to have there (TR-069 of routers, ADB of Android, the UPnP of a chip maker).
static const struct service {
	uint16_t number;
	bool is_udp;
	const char *texts[2];  // by enum lang
} services[] = {
	{ 21, false, { "FTP", "FTP" } },
	{ 22, false, { "SSH", "SSH" } },
	{ 23, false, { "Telnet", "Telnet" } },
	{ 25, false, { "SMTP", "SMTP" } },
	{ 53, true, { "DNS", "DNS" } },
	{ 80, false, { "HTTP", "HTTP" } },
	{ 81, false, { "HTTP of cameras", "HTTP（カメラ等）" } },
	{ 88, false, { "HTTP of cameras; Kerberos", "HTTP（カメラ等）、Kerberos" } },
	{ 123, true, { "NTP", "NTP" } },
	{ 139, false, { "NetBIOS", "NetBIOS" } },
	{ 161, true, { "SNMP", "SNMP" } },
	{ 443, false, { "HTTPS", "HTTPS" } },
	{ 445, false, { "SMB", "SMB" } },
	{ 1433, false, { "Microsoft SQL Server", "Microsoft SQL Server" } },
	{ 1900, true, { "SSDP (UPnP)", "SSDP（UPnP）" } },
	{ 2222, false, { "SSH, alternative", "SSH（代替ポート）" } },
	{ 2323, false, { "Telnet, alternative", "Telnet（代替ポート）" } },
	{ 3306, false, { "MySQL", "MySQL" } },
	{ 3389, false, { "Remote Desktop", "リモートデスクトップ" } },
	{ 5060, true, { "SIP", "SIP" } },
	{ 5358, false, { "Telnet of devices; WS-Discovery", "Telnet（IoT機器）、WS-Discovery" } },
	{ 5555, false, { "Android Debug Bridge", "Android Debug Bridge" } },
	{ 5900, false, { "VNC", "VNC" } },
	{ 6379, false, { "Redis", "Redis" } },
	{ 6789, false, { "Telnet of devices", "Telnet（IoT機器）" } },
	{ 7547, false, { "TR-069 of routers", "TR-069（ルーター管理）" } },
	{ 8080, false, { "HTTP, alternative", "HTTP（代替ポート）" } },
	{ 8443, false, { "HTTPS, alternative", "HTTPS（代替ポート）" } },
	{ 11211, true, { "memcached", "memcached" } },
	{ 23231, false, { "Telnet of devices", "Telnet（IoT機器）" } },
	{ 37215, false, { "UPnP of routers", "UPnP（ルーター）" } },
	{ 37777, false, { "video recorders", "映像レコーダー" } },
	{ 52869, false, { "UPnP of routers", "UPnP（ルーター）" } },
};

const char *port_service(struct report_port port, enum lang lang)
{
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (services[i].number == port.number && services[i].is_udp == port.is_udp)
			return services[i].texts[lang];
	return "";
}

// SPDX-License-Identifier: MIT
// The families that are published. Their keys and dates are those of the sources that each line names; where sources
// say nothing, a field is empty. The four of the published study of honeypots in Japan stand first.
#include "analyse/variants/families.h"

// clang-format off
const char families_builtin[] =
	"# family,tokens,loader tokens,programs,keys,since,source\n"
	"mirai,MIRAI,ECCHI,2,0x22,2016-08-02,NICT (darknet) and the configurations of MTPot; released 2016-09-30\n"
	"satori,SATORI,,1,0x07,2017-11,Kaspersky ICS-CERT 2017-12-14; NJCCIC; NETSCOUT ASERT 2018-05-31 (key)\n"
	"masuta,MASUTA,,,0x45,2017-09,NewSky Security 2018-01-23\n"
	"akuma,AKUMA,,,,2017-11,IIJ-SECT 2018; Fortinet 2017-12-12\n"
	"okiru,OKIRU,,1,0x07,2017-12,unixfreaxjp 2018-01-05; Security Art Work 2018-03-13\n"
	"hajime,,,1,,2016-10-05,Rapidity Networks 2016-10-16: five other capitals in each session\n"
	"daddyl33t,daddyl33t,,,,2018,miraicfg\n"
	"asuna,ASUNA,,,0x00,2021,Microsoft Defender: Backdoor:Linux/Mirai.L!xp\n"
	"miori,MIORI,,,0x62;0x03,2018-12,Trend Micro 2018-12\n"
	"xwifz,XWIFZ,,,,,the study alone\n"
	"iz1h9,IZ1H9,,,0xe0;0xea,2018-12,Trend Micro 2018-12\n"
	"apep,APEP,,,0x04,2018-12,Trend Micro 2018-12\n"
	"sora,SORA,,,0x54,2018,Netlab VB2018; Trend Micro 2020-02-05\n"
	"owari,OWARI,,,0x54;0x66,2018,Netlab VB2018\n"
	"josho,JOSHO,,,0x54,2018,miraicfg\n"
	"akiru,Akiru,,,0xb4;0x54,2018,notes to mirai-toushi\n"
	"wicked,WICKED,,,0x37,2018-05,Fortinet 2018-05-17; NETSCOUT ASERT\n"
	"lzrd,LZRD,,,0x22;0x04,2019,miraicfg\n";
// clang-format on

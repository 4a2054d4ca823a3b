// SPDX-License-Identifier: MIT
// Sources disagree about some of these dates by a day or two; days are UTC.
// One line an incident, by date: to add one, add a line.
#include "present/chart/incident.h"

#include "base/calendar.h"

static const struct incident incidents[] = {
	{ 2016,
	  9,
	  20,
	  { "KrebsOnSecurity attacked, 620 Gbps", "KrebsOnSecurityへの攻撃 (620 Gbps)" } },
	{ 2016, 9, 30, { "Mirai source code released", "Miraiのソースコード公開" } },
	{ 2016, 10, 5, { "Hajime reported", "Hajimeの報告" } },
	{ 2016, 10, 21, { "Dyn attacked", "Dynへの攻撃" } },
	{ 2016, 11, 27, { "Deutsche Telekom, port 7547", "Deutsche Telekomの障害 (7547/TCP)" } },
	{ 2017, 11, 2, { "Mirai variants surge in Japan", "国内でMirai亜種が急増" } },
	{ 2017, 11, 16, { "second surge in Japan", "国内で再び急増" } },
	{ 2017, 11, 23, { "surge in Argentina", "アルゼンチンで急増" } },
	{ 2017, 12, 5, { "Satori, ports 37215 and 52869", "Satori (37215/TCP, 52869/TCP)" } },
};

size_t incidents_within(int32_t first_day, uint32_t day_count,
                        struct incident_hit out[INCIDENTS_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < sizeof incidents / sizeof *incidents; i++) {
		const struct incident *it = &incidents[i];
		const int64_t day = day_from_date(it->year, it->month, it->day_of_month);
		if (day >= first_day && day < (int64_t)first_day + day_count &&
		    count < INCIDENTS_MAX)
			out[count++] = (struct incident_hit){ it, (uint32_t)(day - first_day) };
	}
	return count;
}

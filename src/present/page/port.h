// SPDX-License-Identifier: MIT
// What a port is called: "23", and "53/UDP", since TCP goes without saying where scans are.
#pragma once

#include "present/present.h"

enum { PORT_NAME_SIZE = 16 };
void port_name(struct report_port, char out[PORT_NAME_SIZE]);
// "port-23-tcp"
enum { PORT_ANCHOR_SIZE = 24 };
void port_anchor(struct report_port, char out[PORT_ANCHOR_SIZE]);

// What the port is registered or known for: "Telnet"; "" if nothing is to be said.
const char *port_service(struct report_port, enum lang lang);

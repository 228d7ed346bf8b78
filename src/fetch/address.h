/*
 * address.h - which addresses a feed may never reach.
 */
#ifndef FETCH_ADDRESS_H
#define FETCH_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Whether sa is loopback, private, link-local, CGNAT, multicast,
 * documentation, reserved, or embeds such an IPv4 address (mapped, compatible,
 * NAT64, 6to4), or carries a scope id.
 */
bool	address_is_inner(const struct sockaddr *sa);
/* Ports of mail, shell and other text services that are never asked. */
bool	address_port_denied(int port);

#endif

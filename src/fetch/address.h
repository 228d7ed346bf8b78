/*
 * address.h - which addresses a feed may never reach.
 */
#ifndef FETCH_ADDRESS_H
#define FETCH_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * Whether sa is loopback, private, link-local, CGNAT, multicast,
 * documentation, reserved, or embeds such an IPv4 address (mapped, compatible,
 * NAT64, 6to4), or carries a scope id.
 */
bool	address_is_inner(const struct sockaddr *sa);
/* As address_is_inner(), for the text of an address; false if it is none. */
bool	address_text_is_inner(const char *text);
/* Ports of mail, shell and other text services that are never asked. */
bool	address_port_denied(int port);
/*
 * Whether sa is one of the listeners in own ("127.0.0.1:1965", "[::]:70",
 * ":1965"; NULL-ended or NULL).  A wildcard stands for every address of
 * this machine.
 */
bool	address_is_own(const struct sockaddr *sa, const char *const *own);
/* "192.0.2.1", "2001:db8::1" into out. */
void	address_text(const struct sockaddr *sa, char *out, size_t size);

#endif

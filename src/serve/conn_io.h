/*
 * conn_io.h - the bytes of a connection, for conn.c.
 *
 * Bytes move through three scratch buffers of the worker: what was read
 * from the socket, what is to be written to it, and a piece of a file.
 * While a connection is driven they are its own; what is left over when
 * it has to wait moves into memory of the connection.  So one that waits
 * costs little, and the handshake's many small reads and writes become a
 * few system calls.
 */
#ifndef SERVE_CONN_IO_H
#define SERVE_CONN_IO_H

#include "serve/conn.h"

/*
 * Fill the worker's buffer when it is empty.  1: there are bytes, 0: none
 * now, -1: none ever.
 */
int	conn_fill(struct conn *c);
/* Write what is pending; 0 all gone, 1 the socket is full, -1 broken. */
int	conn_flush(struct conn *c);
/* The same for the last bytes: they leave with the end of the connection. */
int	conn_flush_last(struct conn *c);
/* Room for a chunk of an answer, with the TLS records around it. */
bool	conn_room(const struct conn *c);
/* The callbacks of libtls; arg is the connection. */
ssize_t	conn_tls_read(struct tls *t, void *p, size_t n, void *arg);
ssize_t	conn_tls_write(struct tls *t, const void *p, size_t n, void *arg);
/* Bring the connection's own bytes into the worker's buffers, and back. */
void	conn_unpack(struct conn *c);
void	conn_pack(struct conn *c);
/* In conn.c: something went out, an answer that moves may go on. */
void	conn_progress(struct conn *c);

#endif

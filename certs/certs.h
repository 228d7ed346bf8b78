/*
 * certs.h - keys and certificates: make, inspect, renew, rotate.
 */
#ifndef CERTS_CERTS_H
#define CERTS_CERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/span.h"

#define CERTS_FOREVER	INT64_C(253402300799)	/* 9999-12-31T23:59:59Z */

struct cert_info {
	char	 fingerprint[HASH_HEX];	/* SHA-256 of the DER */
	char	 key_fingerprint[HASH_HEX];	/* SHA-256 of the public key */
	int64_t	 not_before, not_after;
	char	 subject[256];
	char	 names[1024];		/* subjectAltName, space-separated */
	bool	 names_cut;		/* there were more than fit */
	bool	 self_signed;
	char	 algorithm[32];		/* "EC P-256", "RSA 2048" */
};

/*
 * Make a self-signed P-256 pair for names (host names in ASCII form or IP
 * literals) valid from a day before now to not_after.  Files are made with
 * O_EXCL (E_EXIST when one is there), key 0600; made by root, they are the
 * directory's owner's.
 */
int	cert_make(const char *cert, const char *key, const char *const *names,
	    size_t n, int64_t now, int64_t not_after, struct error *e);
/* New certificate with the same key and names, replacing cert. */
int	cert_renew(const char *cert, const char *key, const char *const *names,
	    size_t n, int64_t now, int64_t not_after, struct error *e);
/* Read a PEM certificate file (the first one in it). */
int	cert_read(const char *cert, struct cert_info *info, struct error *e);
/* The same from the text of such a file. */
int	cert_read_pem(struct span pem, struct cert_info *info);
/*
 * Refuse a key that others can read, that lies below root (may be NULL),
 * or that does not belong to cert.
 */
int	cert_check(const char *cert, const char *key, const char *root,
	    struct error *e);

/*
 * Where the pair of a host lies in a certificate directory: DIR/HOST.crt
 * and DIR/HOST.key, and DIR/HOST.next.crt, .next.key, .next.date of a pair
 * that was announced.  The caller frees all.
 */
struct cert_files {
	char	*cert, *key;
	char	*next_cert, *next_key, *next_date;
};
void	cert_files_init(struct cert_files *f, const char *dir, const char *host);
void	cert_files_free(struct cert_files *f);

/*
 * Make the next pair, to take the place of the current one at the time
 * when.  E_EXIST when one is announced already.
 */
int	cert_announce(const struct cert_files *f, const char *const *names,
	    size_t n, int64_t now, int64_t when, int64_t not_after,
	    struct error *e);
/* The pair announced and its time; E_NOTFOUND when there is none. */
int	cert_announced(const struct cert_files *f, struct cert_info *info,
	    int64_t *when, struct error *e);
/*
 * Switch to the announced pair when its time has come, keeping the old one
 * as DIR/HOST.old.crt and .old.key.  1 switched, 0 not yet or none, < 0.
 */
int	cert_switch(const struct cert_files *f, int64_t now, struct error *e);

/*
 * Days left, and how urgent that is: 0 for more than 60, then 1 (60 days),
 * 2 (30), 3 (7), 4 (1), 5 expired; a certificate not yet valid is 5.
 */
int	cert_urgency(const struct cert_info *info, int64_t now, int64_t *days);

#endif

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

#define CERTS_FOREVER	INT64_C(253402300799)	/* 9999-12-31T23:59:59Z */

struct cert_info {
	char	 fingerprint[HASH_HEX];	/* SHA-256 of the DER */
	char	 key_fingerprint[HASH_HEX];	/* SHA-256 of the public key */
	int64_t	 not_before, not_after;
	char	 subject[256];
	char	 names[1024];		/* subjectAltName, space-separated */
	bool	 self_signed;
	char	 algorithm[32];		/* "EC P-256", "RSA 2048" */
};

/*
 * Make a self-signed P-256 pair for names (host names in ASCII form or IP
 * literals) valid from a day before now to not_after.  Files are made with
 * O_EXCL (E_EXIST when one is there), key 0600.
 */
int	cert_make(const char *cert, const char *key, const char *const *names,
	    size_t n, int64_t now, int64_t not_after, struct error *e);
/* New certificate with the same key and names, replacing cert. */
int	cert_renew(const char *cert, const char *key, const char *const *names,
	    size_t n, int64_t now, int64_t not_after, struct error *e);
/* Read a PEM certificate file (the first one in it). */
int	cert_read(const char *cert, struct cert_info *info, struct error *e);
/*
 * Refuse a key that others can read, that lies below root (may be NULL),
 * or that does not belong to cert.
 */
int	cert_check(const char *cert, const char *key, const char *root,
	    struct error *e);

#endif

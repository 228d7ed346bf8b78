/*
 * internal.h - what the files of certs share about OpenSSL's objects.
 */
#ifndef CERTS_INTERNAL_H
#define CERTS_INTERNAL_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/error.h"
#include "certs/certs.h"

/* The first certificate, the private key of a PEM file; the caller frees. */
int	cert_load(X509 **out, const char *path, struct error *e);
int	cert_load_key(EVP_PKEY **out, const char *path, struct error *e);
int	cert_describe(X509 *x, struct cert_info *info);

#endif

/*
 * mint.c - self-signed P-256 certificates that last.
 *
 * A new certificate costs every reader a warning, so one is made once,
 * valid for as long as dates go, and never over an existing file.
 */
#include <sys/stat.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/date.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "certs/certs.h"
#include "certs/internal.h"

#define DAY	INT64_C(86400)

/* No clock that is right shows less than this: 2025-01-01. */
#define CLOCK_MIN	INT64_C(1735689600)

static bool
is_address(const char *name)
{
	unsigned char in[16];

	return inet_pton(AF_INET, name, in) == 1 ||
	    inet_pton(AF_INET6, name, in) == 1;
}

static bool
add_extension(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	bool ok;

	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	if ((ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value)) == NULL)
		return false;
	ok = X509_add_ext(x, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok;
}

/*
 * The names as a list of general names.  Built by hand rather than from
 * text, where a comma in a name would begin another entry.
 */
static bool
add_names(X509 *x, const char *const *names, size_t n)
{
	GENERAL_NAMES *all = GENERAL_NAMES_new();
	bool ok = all != NULL;

	for (size_t i = 0; i < n && ok; i++) {
		GENERAL_NAME *g = a2i_GENERAL_NAME(NULL, NULL, NULL,
		    is_address(names[i]) ? GEN_IPADD : GEN_DNS, names[i], 0);

		ok = g != NULL && sk_GENERAL_NAME_push(all, g) > 0;
	}
	ok = ok && X509_add1_ext_i2d(x, NID_subject_alt_name, all, 0, 0) == 1;
	GENERAL_NAMES_free(all);
	return ok;
}

static bool
set_subject(X509 *x, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(x);

	/* The field holds 64 characters at most; the names that count are
	 * the alternative ones. */
	return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
	    (const unsigned char *)name, strlen(name) > 64 ? 64 : -1, -1,
	    0) == 1 && X509_set_issuer_name(x, subject) == 1;
}

static bool
set_serial(X509 *x)
{
	unsigned char bytes[16];
	BIGNUM *bn = NULL;
	bool ok;

	ok = RAND_bytes(bytes, sizeof(bytes)) == 1;
	bytes[0] &= 0x7f;
	ok = ok && (bn = BN_bin2bn(bytes, sizeof(bytes), NULL)) != NULL &&
	    BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) != NULL;
	BN_free(bn);
	return ok;
}

static X509 *
sign(EVP_PKEY *key, const char *const *names, size_t n, int64_t now,
    int64_t not_after)
{
	X509 *x = X509_new();
	bool ok = x != NULL && X509_set_version(x, X509_VERSION_3) == 1 &&
	    set_serial(x) &&
	    ASN1_TIME_set(X509_getm_notBefore(x), now - DAY) != NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(x), not_after) != NULL &&
	    X509_set_pubkey(x, key) == 1 && set_subject(x, names[0]) &&
	    add_names(x, names, n) &&
	    add_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
	    add_extension(x, NID_key_usage, "critical,digitalSignature") &&
	    add_extension(x, NID_ext_key_usage, "serverAuth") &&
	    X509_sign(x, key, EVP_sha256()) > 0;

	if (!ok) {
		X509_free(x);
		return NULL;
	}
	return x;
}

static int
check_wish(const char *const *names, size_t n, int64_t now, int64_t not_after,
    struct error *e)
{
	if (n == 0)
		return error_set(e, E_FAIL,
		    "a certificate needs the name of a host");
	for (size_t i = 0; i < n; i++)
		if (names[i][0] == '\0' || strpbrk(names[i], " \t\r\n,") != NULL)
			return error_set(e, E_SYNTAX,
			    "\"%s\" is no name of a host", names[i]);
	if (now < CLOCK_MIN)
		return error_set(e, E_FAIL, "the clock is wrong: a certificate "
		    "made now would not be valid; set the time first");
	if (not_after <= now || not_after > CERTS_FOREVER)
		return error_set(e, E_FAIL, "the end of the certificate must "
		    "lie between now and 9999-12-31");
	return 0;
}

/*
 * What root makes in a directory of another user is for that user, whose
 * server has to read it.
 */
static int
give_to_owner(int fd, const char *path, struct error *e)
{
	char *copy;
	struct stat dir;
	int rc = 0;

	if (geteuid() != 0)
		return 0;
	copy = xstrdup(path);
	if (stat(dirname(copy), &dir) == -1 || (dir.st_uid != 0 &&
	    fchown(fd, dir.st_uid, dir.st_gid) == -1))
		rc = error_errno(e, "%s", path);
	free(copy);
	return rc;
}

/* A file that was not there before, written whole or not at all. */
static int
write_new(const char *path, BIO *bio, mode_t mode, struct error *e)
{
	char *bytes;
	long n = BIO_get_mem_data(bio, &bytes);
	int fd, status;

	if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, mode)) == -1) {
		if (errno == EEXIST)
			return error_set(e, E_EXIST,
			    "%s is there already and was left alone", path);
		return error_errno(e, "%s", path);
	}
	status = file_write_fd(fd, span_of(bytes, (size_t)n), e);
	if (status == 0)
		status = give_to_owner(fd, path, e);
	if (status == 0 && fsync(fd) == -1)
		status = error_errno(e, "%s: fsync", path);
	if (close(fd) == -1 && status == 0)
		status = error_errno(e, "%s: close", path);
	if (status != 0)
		unlink(path);
	return status;
}

static int
make_parent(const char *path, struct error *e)
{
	char *copy = xstrdup(path);
	int status = file_mkdirs(dirname(copy), 0700, e);

	free(copy);
	return status;
}

/* Secure memory for the text of a key: it is cleansed when freed. */
static BIO *
new_secret(void)
{
	return BIO_new(BIO_s_secmem());
}

int
cert_make(const char *cert, const char *key, const char *const *names,
    size_t n, int64_t now, int64_t not_after, struct error *e)
{
	EVP_PKEY *pkey = NULL;
	X509 *x = NULL;
	BIO *cert_pem = BIO_new(BIO_s_mem()), *key_pem = new_secret();
	struct stat st;
	int status;

	if ((status = check_wish(names, n, now, not_after, e)) != 0)
		goto done;
	/* lstat: a dangling link is something that is there, too. */
	if (lstat(cert, &st) == 0 || lstat(key, &st) == 0) {
		status = error_set(e, E_EXIST, "%s is there already and was "
		    "left alone", lstat(cert, &st) == 0 ? cert : key);
		goto done;
	}
	if ((status = make_parent(cert, e)) != 0 ||
	    (status = make_parent(key, e)) != 0)
		goto done;
	if ((pkey = EVP_EC_gen("P-256")) == NULL ||
	    (x = sign(pkey, names, n, now, not_after)) == NULL ||
	    PEM_write_bio_X509(cert_pem, x) != 1 ||
	    PEM_write_bio_PKCS8PrivateKey(key_pem, pkey, NULL, NULL, 0, NULL,
	    NULL) != 1) {
		status = error_set(e, E_FAIL,
		    "cannot make a certificate for \"%s\"", names[0]);
		goto done;
	}
	if ((status = write_new(key, key_pem, 0600, e)) != 0)
		goto done;
	if ((status = write_new(cert, cert_pem, 0644, e)) != 0)
		unlink(key);
done:
	BIO_free(cert_pem);
	BIO_free(key_pem);
	EVP_PKEY_free(pkey);
	X509_free(x);
	return status;
}

int
cert_renew(const char *cert, const char *key, const char *const *names,
    size_t n, int64_t now, int64_t not_after, struct error *e)
{
	EVP_PKEY *pkey = NULL;
	X509 *x = NULL;
	BIO *pem = BIO_new(BIO_s_mem());
	char *bytes;
	long len;
	int status;

	if ((status = check_wish(names, n, now, not_after, e)) != 0 ||
	    (status = cert_load_key(&pkey, key, e)) != 0)
		goto done;
	if ((x = sign(pkey, names, n, now, not_after)) == NULL ||
	    PEM_write_bio_X509(pem, x) != 1) {
		status = error_set(e, E_FAIL,
		    "cannot make a certificate for \"%s\"", names[0]);
		goto done;
	}
	len = BIO_get_mem_data(pem, &bytes);
	status = file_replace(cert, span_of(bytes, (size_t)len), 0644, true, e);
done:
	BIO_free(pem);
	EVP_PKEY_free(pkey);
	X509_free(x);
	return status;
}

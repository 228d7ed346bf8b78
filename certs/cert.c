/*
 * cert.c - load, inspect, fingerprint, warn before expiry.
 */
#include <sys/stat.h>

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/date.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "certs/certs.h"
#include "certs/internal.h"

#define PEM_MAX	((size_t)256 << 10)
#define DAY	INT64_C(86400)

int
cert_load(X509 **out, const char *path, struct error *e)
{
	struct buf pem;
	BIO *bio = NULL;
	int status;

	*out = NULL;
	buf_init(&pem, PEM_MAX);
	if ((status = file_read(&pem, path, e)) != 0)
		goto done;
	bio = BIO_new_mem_buf(buf_cstr(&pem), (int)pem.n);
	if (bio == NULL ||
	    (*out = PEM_read_bio_X509(bio, NULL, NULL, NULL)) == NULL)
		status = error_set(e, E_SYNTAX,
		    "%s: no certificate in PEM form", path);
done:
	BIO_free(bio);
	buf_free(&pem);
	return status;
}

int
cert_load_key(EVP_PKEY **out, const char *path, struct error *e)
{
	struct buf pem;
	BIO *bio = NULL;
	int status;

	*out = NULL;
	buf_init(&pem, PEM_MAX);
	if ((status = file_read(&pem, path, e)) != 0)
		goto done;
	bio = BIO_new_mem_buf(buf_cstr(&pem), (int)pem.n);
	/* An empty password: never ask a terminal for one. */
	if (bio == NULL || (*out = PEM_read_bio_PrivateKey(bio, NULL, NULL,
	    (void *)(uintptr_t)"")) == NULL)
		status = error_set(e, E_SYNTAX, "%s: no private key in PEM "
		    "form (one with a password cannot be used)", path);
done:
	BIO_free(bio);
	if (pem.p != NULL)
		OPENSSL_cleanse(pem.p, pem.cap);
	buf_free(&pem);
	return status;
}

static int64_t
asn1_seconds(const ASN1_TIME *t)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return DATE_NONE;
	return date_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * DAY +
	    tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
}

static void
add_name(struct cert_info *info, const char *name, size_t len)
{
	size_t have = strlen(info->names);

	/* A NUL or a blank inside would make one name look like another. */
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] <= ' ' ||
		    (unsigned char)name[i] >= 0x7f)
			return;
	if (len == 0)
		return;
	if (have + len + 2 > sizeof(info->names)) {
		info->names_cut = true;
		return;
	}
	if (have > 0)
		info->names[have++] = ' ';
	memcpy(info->names + have, name, len);
	info->names[have + len] = '\0';
}

static void
read_names(struct cert_info *info, X509 *x)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(x, NID_subject_alt_name, NULL,
	    NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
		GENERAL_NAME *g = sk_GENERAL_NAME_value(all, i);
		char ip[INET6_ADDRSTRLEN];
		const ASN1_OCTET_STRING *o;

		if (g->type == GEN_DNS) {
			add_name(info,
			    (const char *)ASN1_STRING_get0_data(g->d.dNSName),
			    (size_t)ASN1_STRING_length(g->d.dNSName));
		} else if (g->type == GEN_IPADD) {
			o = g->d.iPAddress;
			if (inet_ntop(ASN1_STRING_length(o) == 4 ? AF_INET :
			    AF_INET6, ASN1_STRING_get0_data(o), ip,
			    sizeof(ip)) != NULL)
				add_name(info, ip, strlen(ip));
		}
	}
	GENERAL_NAMES_free(all);
}

static void
describe_key(struct cert_info *info, EVP_PKEY *key)
{
	char group[64] = "";
	size_t n;

	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_EC:
		EVP_PKEY_get_group_name(key, group, sizeof(group), &n);
		snprintf(info->algorithm, sizeof(info->algorithm), "EC %.20s",
		    strcmp(group, "prime256v1") == 0 ? "P-256" :
		    strcmp(group, "secp384r1") == 0 ? "P-384" :
		    strcmp(group, "secp521r1") == 0 ? "P-521" : group);
		break;
	case EVP_PKEY_RSA:
		snprintf(info->algorithm, sizeof(info->algorithm), "RSA %d",
		    EVP_PKEY_get_bits(key));
		break;
	default:
		snprintf(info->algorithm, sizeof(info->algorithm), "%s",
		    EVP_PKEY_get0_type_name(key) != NULL ?
		    EVP_PKEY_get0_type_name(key) : "unknown");
	}
}

static int
hash_der(unsigned char *der, int n, char hex[HASH_HEX])
{
	if (n <= 0)
		return E_FAIL;
	hash_hex(span_of((char *)der, (size_t)n), hex);
	OPENSSL_free(der);
	return 0;
}

int
cert_describe(X509 *x, struct cert_info *info)
{
	unsigned char *der = NULL;
	EVP_PKEY *key = X509_get0_pubkey(x);
	BIO *bio;
	int n;

	memset(info, 0, sizeof(*info));
	n = i2d_X509(x, &der);
	if (key == NULL || hash_der(der, n, info->fingerprint) != 0)
		return E_FAIL;
	der = NULL;
	n = i2d_PUBKEY(key, &der);
	if (hash_der(der, n, info->key_fingerprint) != 0)
		return E_FAIL;
	info->not_before = asn1_seconds(X509_get0_notBefore(x));
	info->not_after = asn1_seconds(X509_get0_notAfter(x));
	if ((bio = BIO_new(BIO_s_mem())) != NULL) {
		X509_NAME_print_ex(bio, X509_get_subject_name(x), 0,
		    XN_FLAG_RFC2253);
		if ((n = BIO_read(bio, info->subject,
		    sizeof(info->subject) - 1)) > 0)
			info->subject[n] = '\0';
		BIO_free(bio);
	}
	info->self_signed = X509_NAME_cmp(X509_get_subject_name(x),
	    X509_get_issuer_name(x)) == 0 && X509_verify(x, key) == 1;
	read_names(info, x);
	describe_key(info, key);
	return 0;
}

int
cert_read(const char *cert, struct cert_info *info, struct error *e)
{
	X509 *x;
	int status;

	if ((status = cert_load(&x, cert, e)) != 0)
		return status;
	if (cert_describe(x, info) != 0)
		status = error_set(e, E_SYNTAX,
		    "%s: the certificate cannot be read", cert);
	X509_free(x);
	return status;
}

int
cert_read_pem(struct span pem, struct cert_info *info)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *x = bio != NULL && pem.n < PEM_MAX ?
	    PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	int status = E_SYNTAX;

	if (x != NULL)
		status = cert_describe(x, info);
	X509_free(x);
	BIO_free(bio);
	return status;
}

/* Whether path lies in the tree below root, symbolic links followed. */
static bool
lies_below(const char *path, const char *root)
{
	char *p = realpath(path, NULL), *r = realpath(root, NULL);
	bool below = false;

	if (p != NULL && r != NULL) {
		size_t n = strlen(r);

		below = strncmp(p, r, n) == 0 &&
		    (p[n] == '/' || p[n] == '\0' || (n > 0 && r[n - 1] == '/'));
	}
	free(p);
	free(r);
	return below;
}

int
cert_check(const char *cert, const char *key, const char *root,
    struct error *e)
{
	EVP_PKEY *pkey = NULL;
	X509 *x = NULL;
	struct stat st;
	int status;

	if (stat(key, &st) == -1)
		return error_errno(e, "key %s", key);
	if (!S_ISREG(st.st_mode))
		return error_set(e, E_FAIL, "key %s: not a regular file", key);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return error_set(e, E_FAIL, "key %s can be reached by others "
		    "(mode %04o); chmod 600 it", key,
		    (unsigned)st.st_mode & 07777);
	if (root != NULL && lies_below(key, root))
		return error_set(e, E_FAIL, "key %s lies in the published tree "
		    "%s; move it elsewhere", key, root);
	if ((status = cert_load(&x, cert, e)) == 0 &&
	    (status = cert_load_key(&pkey, key, e)) == 0 &&
	    X509_check_private_key(x, pkey) != 1)
		status = error_set(e, E_FAIL, "key %s does not belong to "
		    "certificate %s", key, cert);
	EVP_PKEY_free(pkey);
	X509_free(x);
	return status;
}

int
cert_urgency(const struct cert_info *info, int64_t now, int64_t *days)
{
	int64_t left = info->not_after - now;

	if (days != NULL)
		*days = left / DAY;
	if (left < 0 || now < info->not_before)
		return 5;
	if (left <= DAY)
		return 4;
	if (left <= 7 * DAY)
		return 3;
	if (left <= 30 * DAY)
		return 2;
	return left <= 60 * DAY ? 1 : 0;
}

/*
 * tlsio.c - the server's side of libtls.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "certs/certs.h"
#include "serve/tlsio.h"

#define PEM_MAX	((size_t)256 << 10)

/*
 * What libtls has no call for.  Tickets: the library sends two that it
 * will not take back.  Suites: AES-128 first, it costs a client nothing and
 * us a sixth less.  An OpenSSL that does not know a line leaves its own
 * default in force, which works too.
 */
static const char settings[] =
    "openssl_conf = orrery\n"
    "[orrery]\n"
    "ssl_conf = ssl\n"
    "[ssl]\n"
    "system_default = server\n"
    "[server]\n"
    "MinProtocol = TLSv1.2\n"
    "Ciphersuites = TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:"
	"TLS_AES_256_GCM_SHA384\n"
    "NumTickets = 0\n";

static void
load_settings(void)
{
	CONF *conf = NCONF_new(NULL);
	BIO *bio = BIO_new_mem_buf(settings, sizeof(settings) - 1);
	long line = 0;

	if (conf == NULL || bio == NULL ||
	    NCONF_load_bio(conf, bio, &line) != 1 ||
	    CONF_modules_load(conf, NULL, CONF_MFLAGS_IGNORE_ERRORS |
	    CONF_MFLAGS_IGNORE_RETURN_CODES | CONF_MFLAGS_SILENT) < 1)
		log_debug("serve: OpenSSL did not take our settings");
	NCONF_free(conf);
	BIO_free(bio);
	ERR_clear_error();
}

int
tlsio_init(struct error *e)
{
	if (tls_init() == -1)
		return error_set(e, E_FAIL, "TLS cannot be set up");
	load_settings();
	return 0;
}

static int
read_pem(struct buf *out, const char *path, struct error *e)
{
	buf_init(out, PEM_MAX);
	return file_read(out, path, e);
}

static void
wipe(struct buf *b)
{
	if (b->p != NULL)
		OPENSSL_cleanse(b->p, b->cap);
	buf_free(b);
}

static int
add_pair(struct tls_config *tc, const struct tlsio_options *o, size_t i,
    struct error *e)
{
	const struct keyd_pair *pair = &o->pairs[i];
	struct buf cert = { 0 }, key = { 0 };
	const uint8_t *k = NULL;
	int status, rc;

	if ((status = read_pem(&cert, pair->cert, e)) != 0 ||
	    (!o->key_process && (status = read_pem(&key, pair->key, e)) != 0))
		goto done;
	if (!o->key_process)
		k = (const uint8_t *)key.p;
	rc = i == 0 ? tls_config_set_keypair_mem(tc, (const uint8_t *)cert.p,
	    cert.n, k, key.n) : tls_config_add_keypair_mem(tc,
	    (const uint8_t *)cert.p, cert.n, k, key.n);
	if (rc == -1)
		status = error_set(e, E_FAIL, "%s: %s", pair->cert,
		    tls_config_error(tc));
done:
	wipe(&cert);
	wipe(&key);
	return status;
}

/* In the library, but in none of its headers. */
void	tls_config_use_fake_private_key(struct tls_config *);

int
tlsio_server(struct tls **out, const struct tlsio_options *o, struct error *e)
{
	struct tls_config *tc = tls_config_new();
	struct tls *t = NULL;
	int status = 0;

	*out = NULL;
	if (tc == NULL)
		return error_set(e, E_FAIL, "TLS: out of memory");
	if (tls_config_set_protocols(tc, TLS_PROTOCOL_TLSv1_2 |
	    TLS_PROTOCOL_TLSv1_3) == -1)
		status = error_set(e, E_FAIL, "TLS: %s", tls_config_error(tc));
	for (size_t i = 0; i < o->n && status == 0; i++)
		status = add_pair(tc, o, i, e);
	if (status != 0)
		goto done;
	if (o->key_process)
		tls_config_use_fake_private_key(tc);
	if (o->client_certs) {
		/* Self-signed ones are the rule: we judge them by digest. */
		tls_config_verify_client_optional(tc);
		tls_config_insecure_noverifycert(tc);
	}
	if ((t = tls_server()) == NULL || tls_configure(t, tc) == -1) {
		status = error_set(e, E_FAIL, "TLS: %s",
		    t != NULL && tls_error(t) != NULL ? tls_error(t) :
		    "out of memory");
		tls_free(t);
		goto done;
	}
	*out = t;
done:
	tls_config_clear_keys(tc);
	tls_config_free(tc);
	ERR_clear_error();
	return status;
}

struct tls *
tlsio_accept(struct tls *server, tls_read_cb r, tls_write_cb w, void *arg)
{
	struct tls *t = NULL;

	if (tls_accept_cbs(server, &t, r, w, arg) == -1)
		return NULL;
	return t;
}

/* --- the self-test: two ends, two buffers --- */

struct ends {
	BIO	*to_client, *to_server;
};

static ssize_t
test_read(struct tls *t, void *p, size_t n, void *arg)
{
	struct ends *ends = arg;
	int got = BIO_read(ends->to_server, p, (int)n);

	(void)t;
	return got > 0 ? got : TLS_WANT_POLLIN;
}

static ssize_t
test_write(struct tls *t, const void *p, size_t n, void *arg)
{
	struct ends *ends = arg;

	(void)t;
	return BIO_write(ends->to_client, p, (int)n);
}

static bool
handshake(struct tls *server, SSL *client)
{
	bool here = false, there = false;

	for (int i = 0; i < 20 && !(here && there); i++) {
		int rc;

		if (!there) {
			if ((rc = SSL_do_handshake(client)) == 1)
				there = true;
			else if (SSL_get_error(client, rc) !=
			    SSL_ERROR_WANT_READ)
				return false;
		}
		if (!here) {
			rc = tls_handshake(server);
			if (rc == 0)
				here = true;
			else if (rc == -1)
				return false;
		}
	}
	return here && there;
}

int
tlsio_selftest(struct tls *server, struct error *e)
{
	struct ends ends = { BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()) };
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	struct tls *t = NULL;
	SSL *client = NULL;
	int status = 0;

	BIO_set_mem_eof_return(ends.to_client, -1);
	BIO_set_mem_eof_return(ends.to_server, -1);
	if (ctx == NULL || (client = SSL_new(ctx)) == NULL ||
	    (t = tlsio_accept(server, test_read, test_write, &ends)) == NULL) {
		status = error_set(e, E_FAIL, "TLS self-test: out of memory");
		goto done;
	}
	SSL_set_connect_state(client);
	/* SSL_free() drops one reference to each; we keep another. */
	BIO_up_ref(ends.to_client);
	BIO_up_ref(ends.to_server);
	SSL_set_bio(client, ends.to_client, ends.to_server);
	if (!handshake(t, client))
		status = error_set(e, E_FAIL, "TLS self-test: %s",
		    tls_error(t) != NULL ? tls_error(t) : "no handshake");
done:
	tls_free(t);
	SSL_free(client);
	SSL_CTX_free(ctx);
	BIO_free(ends.to_client);
	BIO_free(ends.to_server);
	ERR_clear_error();
	return status;
}

void
tlsio_peer(struct tls *t, struct peer *p)
{
	struct cert_info info;
	const uint8_t *pem;
	size_t n;

	p->sni = tls_conn_servername(t);
	p->has_cert = false;
	if (tls_peer_cert_provided(t) != 1)
		return;
	if ((pem = tls_peer_cert_chain_pem(t, &n)) == NULL ||
	    cert_read_pem(span_of((const char *)pem, n), &info) != 0)
		return;
	p->has_cert = true;
	memcpy(p->cert, info.fingerprint, sizeof(p->cert));
	memcpy(p->cert_key, info.key_fingerprint, sizeof(p->cert_key));
	p->cert_from = info.not_before;
	p->cert_until = info.not_after;
}

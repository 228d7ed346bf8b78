/*
 * keyd.c - ECDSA signatures by another process.
 *
 * libtls has no door for this in its stock form, but it can work with a
 * "fake" private key made of the certificate's public one; the signature
 * then passes through the method table of EC keys, which is replaced here.
 */
#include <sys/socket.h>

/* The EC method table is deprecated in OpenSSL 3 without a successor. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/xalloc.h"
#include "serve/keyd.h"

#define POINT_MAX	133	/* of P-521, uncompressed */
#define DIGEST_MAX	64
#define SIGNATURE_MAX	160
#define WAIT_SECONDS	2
#define PEM_MAX		((size_t)256 << 10)

struct ask {
	uint32_t	seq;
	int32_t		cpu;		/* where the worker runs; -1 unknown */
	uint16_t	point_len, digest_len;
	unsigned char	point[POINT_MAX];
	unsigned char	digest[DIGEST_MAX];
};

struct reply {
	uint32_t	seq;
	uint16_t	len;		/* 0: refused */
	unsigned char	signature[SIGNATURE_MAX];
};

/* A key, as one thread uses it. */
struct key {
	EVP_PKEY_CTX	*ctx;
	unsigned char	 point[POINT_MAX];
	size_t		 point_len;
};

struct channel {
	pthread_t	 thread;
	int		 fd, cpu;
	EVP_PKEY	**pkeys;
	size_t		 nfiles;
};

static EVP_PKEY *
load(const char *path)
{
	struct buf pem;
	EVP_PKEY *key = NULL;
	BIO *bio = NULL;

	buf_init(&pem, PEM_MAX);
	if (file_read(&pem, path, NULL) == 0 &&
	    (bio = BIO_new_mem_buf(buf_cstr(&pem), (int)pem.n)) != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, NULL,
		    (void *)(uintptr_t)"");
	BIO_free(bio);
	if (pem.p != NULL)
		OPENSSL_cleanse(pem.p, pem.cap);
	buf_free(&pem);
	return key;
}

bool
keyd_can(const struct keyd_pair *pairs, size_t n)
{
	bool can = true;

	for (size_t i = 0; i < n && can; i++) {
		EVP_PKEY *key = load(pairs[i].key);

		can = key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
		EVP_PKEY_free(key);
	}
	return can;
}

/* --- the process --- */

static bool
prepare(struct key *k, EVP_PKEY *pkey)
{
	size_t n = 0;

	if (EVP_PKEY_get_octet_string_param(pkey,
	    OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, k->point, sizeof(k->point),
	    &n) != 1)
		return false;
	k->point_len = n;
	k->ctx = EVP_PKEY_CTX_new(pkey, NULL);
	return k->ctx != NULL && EVP_PKEY_sign_init(k->ctx) == 1;
}

static void
answer(const struct key *keys, size_t n, int fd, const struct ask *ask)
{
	struct reply reply = { .seq = ask->seq };
	size_t len = sizeof(reply.signature);

	for (size_t i = 0; i < n; i++) {
		if (ask->point_len != keys[i].point_len ||
		    memcmp(ask->point, keys[i].point, ask->point_len) != 0)
			continue;
		if (ask->digest_len <= DIGEST_MAX && EVP_PKEY_sign(keys[i].ctx,
		    reply.signature, &len, ask->digest, ask->digest_len) == 1)
			reply.len = (uint16_t)len;
		break;
	}
	(void)send(fd, &reply, sizeof(reply), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/*
 * A wake-up on the CPU where the worker waits costs a third of one on
 * another: be there.  Where that is not allowed it is a little slower.
 */
static void
follow(struct channel *c, int cpu)
{
	cpu_set_t set;

	if (cpu == c->cpu || cpu < 0 || cpu >= CPU_SETSIZE)
		return;
	c->cpu = cpu;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
}

/* One thread for each worker: it has nothing to wait for but one socket. */
static void *
serve_channel(void *arg)
{
	struct channel *c = arg;
	struct key *keys = xcalloc(c->nfiles, sizeof(*keys));
	struct ask ask;
	ssize_t n;

	for (size_t i = 0; i < c->nfiles; i++)
		if (!prepare(&keys[i], c->pkeys[i]))
			_exit(1);
	for (;;) {
		n = recv(c->fd, &ask, sizeof(ask), 0);
		if (n == sizeof(ask)) {
			follow(c, ask.cpu);
			answer(keys, c->nfiles, c->fd, &ask);
		} else if (n == 0 || (n == -1 && errno != EINTR))
			return NULL;
	}
}

void
keyd_main(const struct keyd_pair *pairs, size_t n, const int *fds, size_t nfds,
    const char *user, bool sandbox)
{
	struct sandbox box = { .no_new_files = true, .no_descriptors = true };
	EVP_PKEY **pkeys = xcalloc(n, sizeof(*pkeys));
	struct channel *c = xcalloc(nfds, sizeof(*c));
	struct error e;

	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	for (size_t i = 0; i < n; i++) {
		if ((pkeys[i] = load(pairs[i].key)) == NULL) {
			log_error("serve: key %s cannot be used", pairs[i].key);
			_exit(1);
		}
	}
	if (sandbox_drop_user(user, &e) != 0) {
		log_error("serve: %s", e.msg);
		_exit(1);
	}
	if (sandbox) {
		int status = sandbox_enter(&box, &e);

		if (status != 0 && status != E_NOTFOUND) {
			log_error("serve: %s", e.msg);
			_exit(1);
		}
	}
	for (size_t i = 0; i < nfds; i++) {
		c[i] = (struct channel){ .fd = fds[i], .cpu = -1,
		    .pkeys = pkeys, .nfiles = n };
		if (pthread_create(&c[i].thread, NULL, serve_channel,
		    &c[i]) != 0)
			_exit(1);
	}
	for (size_t i = 0; i < nfds; i++)
		pthread_join(c[i].thread, NULL);
	_exit(0);
}

/* --- the worker's side --- */

static int		 channel = -1;
static uint32_t		 sequence;
static EC_KEY_METHOD	*method;

static ssize_t
ask_for(struct reply *reply, const struct ask *ask)
{
	ssize_t n;

	if (send(channel, ask, sizeof(*ask), MSG_NOSIGNAL) != sizeof(*ask))
		return -1;
	do {
		/* An answer that came too late for its question is skipped. */
		n = recv(channel, reply, sizeof(*reply), 0);
	} while ((n == -1 && errno == EINTR) ||
	    (n == (ssize_t)sizeof(*reply) && reply->seq != ask->seq));
	return n;
}

static int
sign_remote(const unsigned char *digest, int len, EC_KEY *key,
    struct reply *reply)
{
	const EC_POINT *point = EC_KEY_get0_public_key(key);
	struct ask ask = { .seq = ++sequence, .cpu = sched_getcpu() };

	if (point == NULL || len < 0 || len > DIGEST_MAX)
		return 0;
	ask.point_len = (uint16_t)EC_POINT_point2oct(EC_KEY_get0_group(key),
	    point, POINT_CONVERSION_UNCOMPRESSED, ask.point, sizeof(ask.point),
	    NULL);
	ask.digest_len = (uint16_t)len;
	memcpy(ask.digest, digest, (size_t)len);
	return ask.point_len > 0 &&
	    ask_for(reply, &ask) == (ssize_t)sizeof(*reply) &&
	    reply->len > 0 && reply->len <= SIGNATURE_MAX;
}

static int
method_sign(int type, const unsigned char *digest, int len, unsigned char *sig,
    unsigned int *siglen, const BIGNUM *kinv, const BIGNUM *r, EC_KEY *key)
{
	struct reply reply;

	(void)type;
	(void)kinv;
	(void)r;
	if (!sign_remote(digest, len, key, &reply))
		return 0;
	memcpy(sig, reply.signature, reply.len);
	*siglen = reply.len;
	return 1;
}

static ECDSA_SIG *
method_sign_sig(const unsigned char *digest, int len, const BIGNUM *kinv,
    const BIGNUM *r, EC_KEY *key)
{
	const unsigned char *p;
	struct reply reply;

	(void)kinv;
	(void)r;
	if (!sign_remote(digest, len, key, &reply))
		return NULL;
	p = reply.signature;
	return d2i_ECDSA_SIG(NULL, &p, reply.len);
}

int
keyd_attach(int fd, struct error *e)
{
	struct timeval wait = { .tv_sec = WAIT_SECONDS };

	/* A signing process that died must not stop a worker for ever. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ==
	    -1 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait,
	    sizeof(wait)) == -1)
		return error_errno(e, "key process");
	if ((method = EC_KEY_METHOD_new(EC_KEY_OpenSSL())) == NULL)
		return error_set(e, E_FAIL, "key process: no method table");
	EC_KEY_METHOD_set_sign(method, method_sign, NULL, method_sign_sig);
	EC_KEY_set_default_method(method);
	channel = fd;
	return 0;
}

/*
 * fetchone - fetch addresses and print one line for each: for the tests.
 *
 *	fetchone [-p] [-t SECONDS] [-j PARALLEL] [-e ETAG] [-m LAST-MODIFIED]
 *	    [-u USER:PASSWORD] [-k PINNED-KEY] [-o OWN] [-w MS] [-b] URL...
 *
 * -p allows inner addresses, -b prints bodies, -w waits between requests
 * to one host.  A line is: outcome status bytes url message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fetch/fetch.h"

static const char *const names[] = {
	[FETCH_OK] = "ok", [FETCH_NOT_MODIFIED] = "not-modified",
	[FETCH_GONE] = "gone", [FETCH_REFUSED] = "refused",
	[FETCH_SLOW_DOWN] = "slow-down", [FETCH_ERROR] = "error",
	[FETCH_UNREACHABLE] = "unreachable", [FETCH_FORBIDDEN] = "forbidden",
	[FETCH_CERTIFICATE] = "certificate",
};

static bool	bodies, details;

static void
done(const struct fetch_request *r, struct fetch_result *res, void *arg)
{
	(void)arg;
	printf("%s %d %zu %s %s\n", names[res->outcome], res->status,
	    res->body.n, r->url, res->message);
	if (details)
		printf("  url=%s permanent=%s etag=%s modified=%s type=%s "
		    "fresh=%lld retry=%lld\n", res->url,
		    res->permanent != NULL ? res->permanent : "-",
		    res->etag != NULL ? res->etag : "-",
		    res->last_modified != NULL ? res->last_modified : "-",
		    res->content_type != NULL ? res->content_type : "-",
		    (long long)res->fresh_until, (long long)res->retry_after);
	if (bodies)
		fwrite(buf_cstr(&res->body), 1, res->body.n, stdout);
	fflush(stdout);
}

static int
pin(const char *host, const char *spki, int64_t not_after, void *arg,
    struct error *e)
{
	const char *want = arg;

	printf("key %s %s %lld\n", host, spki, (long long)not_after);
	if (want != NULL && strcmp(want, spki) != 0)
		return error_set(e, E_FAIL, "the certificate of %s changed",
		    host);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *own[2] = { NULL, NULL };
	struct fetch_options o = { .user_agent = "orrery-test/1 (+mailto:a@b)",
	    .parallel = 16, .per_host = 2, .pause_ms = -1, .own = own };
	struct fetch_request r = { .timeout = 30 };
	struct fetch *f;
	struct error e = { 0 };
	struct rusage ru;
	int opt, rc;

	while ((opt = getopt(argc, argv, "pt:j:e:m:u:k:Ko:w:bdx:i")) != -1)
		switch (opt) {
		case 'p': r.allow_private = true; break;
		case 'i': r.insecure = true; break;
		case 't': r.timeout = atoi(optarg); break;
		case 'j': o.parallel = atoi(optarg); break;
		case 'e': r.etag = optarg; break;
		case 'm': r.last_modified = optarg; break;
		case 'u':
			r.user = strtok(optarg, ":");
			r.password = strtok(NULL, "");
			break;
		case 'k': o.pin_arg = optarg; /* FALLTHROUGH */
		case 'K': o.pin = pin; break;
		case 'o': own[0] = optarg; break;
		case 'w': o.pause_ms = atoi(optarg); break;
		case 'x': o.proxy = optarg; break;
		case 'b': bodies = true; break;
		case 'd': details = true; break;
		default: return 64;
		}
	if (fetch_new(&f, &o, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	for (; optind < argc; optind++) {
		r.url = argv[optind];
		if (fetch_add(f, &r, done, NULL, &e) != 0)
			printf("no-url 0 0 %s %s\n", r.url, e.msg);
	}
	rc = fetch_run(f, -1, NULL, NULL, &e);
	fetch_free(f);
	getrusage(RUSAGE_SELF, &ru);
	fprintf(stderr, "peak %ld kB, cpu %ld ms\n", ru.ru_maxrss,
	    (long)(ru.ru_utime.tv_sec * 1000 + ru.ru_utime.tv_usec / 1000 +
	    ru.ru_stime.tv_sec * 1000 + ru.ru_stime.tv_usec / 1000));
	return rc == 0 ? 0 : 1;
}

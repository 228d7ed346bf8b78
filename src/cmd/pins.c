/*
 * pins.c - the keys of Gemini hosts that were trusted on first use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/date.h"
#include "cmd/cmd.h"
#include "fetch/pin.h"
#include "store/store.h"

static int	run(const struct cmd_global *, int, char **);

const struct command cmd_pins = {
	.name = "pins",
	.usage = "pins [accept HOST[:PORT] | drop HOST[:PORT]]",
	.summary = "certificates of Gemini hosts, trusted on first use",
	.help =
	"Without more, list what is pinned: host, end, key, refused key.\n"
	"  accept    trust the new key that HOST was seen with; when none was\n"
	"            seen, the next one that it shows\n"
	"  drop      forget HOST; its next key is trusted again\n",
	.run = run,
};

static void
put_date(struct buf *b, int64_t t)
{
	if (t <= 0)
		buf_puts(b, "-");
	else
		date_rfc3339(b, t);
}

static int
list(const struct cmd_global *g, struct store *s)
{
	struct arena a = { 0 };
	struct store_pin *pins = NULL;
	struct error e = { 0 };
	size_t n = 0;

	if (store_pins(s, &pins, &n, &a) != 0) {
		arena_free(&a);
		error_set(&e, E_FAIL, "the pins cannot be read");
		return cmd_fail(&e);
	}
	if (g->json)
		printf("[");
	for (size_t i = 0; i < n; i++) {
		struct buf end = { 0 };

		put_date(&end, pins[i].not_after);
		/* Hosts are in ASCII form: nothing to escape. */
		if (g->json)
			printf("%s{\"host\": \"%s\", \"end\": \"%s\", "
			    "\"key\": \"%s\", \"refused\": \"%s\"}",
			    i > 0 ? ",\n " : "", pins[i].host, buf_cstr(&end),
			    pins[i].spki, pins[i].refused);
		else
			printf("%s\t%s\t%s\t%s\n", pins[i].host,
			    buf_cstr(&end), pins[i].spki,
			    pins[i].refused[0] != '\0' ? pins[i].refused :
			    "-");
		buf_free(&end);
	}
	if (g->json)
		printf("]\n");
	arena_free(&a);
	return EX_OK;
}

static int
change(const struct cmd_global *g, struct store *s, bool accept,
    const char *host)
{
	struct arena a = { 0 };
	struct store_pin p = { 0 };
	struct error e = { 0 };
	int rc;

	if (store_pin_get(s, &p, &a, host) != 0) {
		rc = error_set(&e, E_NOTFOUND, "no key of %s is pinned; "
		    "`orrery pins` lists them", host);
	} else if (accept && p.refused[0] != '\0') {
		memcpy(p.spki, p.refused, sizeof(p.spki));
		p.refused[0] = '\0';
		/* Its end is learned when it is next seen. */
		p.not_after = 0;
		p.first_seen = cmd_now();
		rc = store_pin_set(s, &p, &e);
	} else
		rc = store_pin_drop(s, host, &e);
	if (rc == 0 && !g->quiet)
		printf("%s: %s\n", host, !accept ? "forgotten" :
		    p.refused[0] == '\0' && p.not_after == 0 ?
		    "the new key is trusted" :
		    "the next key it shows is trusted");
	arena_free(&a);
	return rc == 0 ? EX_OK : cmd_fail(&e);
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	char host[300];
	bool accept = argc > 1 && strcmp(argv[1], "accept") == 0;
	bool drop = argc > 1 && strcmp(argv[1], "drop") == 0;
	struct error e = { 0 };
	struct store *s;
	struct config *c;
	char *path;
	int code = EX_OK;

	if (argc > 1 && argv[1][0] == '-')
		return cmd_unexpected(&cmd_pins, argv[1]);
	if (argc > 1 && ((!accept && !drop) || argc != 3))
		return cmd_usage(&cmd_pins, "accept or drop, and one host");
	if (argc > 1 && pin_name(host, sizeof(host), argv[2]) != 0)
		return cmd_usage(&cmd_pins, "\"%.100s\" is no host",
		    argv[2]);
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	if (argc > 1 && (code = cmd_become(c)) != EX_OK) {
		config_free(c);
		return code;
	}
	path = cmd_store_path(c);
	if (store_open(&s, path, argc > 1, &e) != 0)
		code = cmd_fail(&e);
	else {
		code = argc > 1 ? change(g, s, accept, host) : list(g, s);
		store_close(s);
	}
	free(path);
	config_free(c);
	return code;
}

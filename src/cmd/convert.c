/* orrery convert: a document on standard input, its text on the output. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "gemtext/gemtext.h"

static int	run(const struct cmd_global *g, int argc, char **argv);

const struct command cmd_convert = {
	"convert", "convert --from html|markdown|text --to gemtext|text "
	    "[--base URL] [--width N]",
	"convert a document to gemtext or plain text",
	"  --from FORMAT  html, markdown or text\n"
	"  --to FORMAT    gemtext or text\n"
	"  --base URL     address of the document, for its links\n"
	"  --width N      columns of plain text (67)\n",
	run
};

/* Read all of standard input, at most one byte more than is converted. */
static int
read_input(struct buf *in)
{
	char *p;
	ssize_t n;

	while (in->n <= GEMTEXT_INPUT_MAX) {
		p = buf_reserve(in, 65536);
		n = p != NULL ? read(STDIN_FILENO, p, 65536) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -1 : 0;
		in->n += (size_t)n;
	}
	return 0;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "base", required_argument, NULL, 'b' },
		{ "width", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 } };
	struct gemtext_options o = { 0 };
	enum gemtext_from from = GEMTEXT_HTML;
	bool text = false;
	struct buf in = { 0 }, out = { 0 };
	struct error e = { 0 };
	char *end;
	long width;
	int c, code = EX_OK;

	(void)g;
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			if (strcmp(optarg, "html") == 0)
				from = GEMTEXT_HTML;
			else if (strcmp(optarg, "markdown") == 0)
				from = GEMTEXT_MARKDOWN;
			else if (strcmp(optarg, "text") == 0)
				from = GEMTEXT_PLAIN;
			else
				return cmd_usage(&cmd_convert,
				    "--from %s: not html, markdown or text",
				    optarg);
			break;
		case 't':
			text = strcmp(optarg, "text") == 0;
			if (!text && strcmp(optarg, "gemtext") != 0)
				return cmd_usage(&cmd_convert,
				    "--to %s: not gemtext or text", optarg);
			break;
		case 'b':
			o.base = optarg;
			break;
		case 'w':
			width = strtol(optarg, &end, 10);
			if (*end != '\0' || width < 4 || width > 1000)
				return cmd_usage(&cmd_convert,
				    "--width %s: not a number from 4 to 1000",
				    optarg);
			o.width = (size_t)width;
			break;
		default:
			return cmd_unexpected(&cmd_convert, argv[optind - 1]);
		}
	}
	if (optind < argc)
		return cmd_usage(&cmd_convert,
		    "%s: the document is read from standard input",
		    argv[optind]);
	o.original = o.base;
	if (read_input(&in) != 0) {
		error_errno(&e, "standard input");
		e.status = E_FAIL;
		code = EX_IOERR;
		(void)cmd_fail(&e);
	} else if (gemtext_convert(text ? NULL : &out, text ? &out : NULL,
	    from, buf_span(&in), &o, &e) != 0)
		fprintf(stderr, "orrery convert: %s\n", e.msg);
	if (code == EX_OK && (fwrite(buf_cstr(&out), 1, out.n, stdout) !=
	    out.n || fflush(stdout) != 0)) {
		error_errno(&e, "standard output");
		(void)cmd_fail(&e);
		code = EX_IOERR;
	}
	buf_free(&in);
	buf_free(&out);
	return code;
}

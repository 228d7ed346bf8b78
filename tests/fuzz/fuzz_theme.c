/*
 * A theme's partials and the values put into them.  The input is a page's
 * partial and, after a NUL, one that it may include; the values are as bad as
 * strangers make them.  Whatever the partials are, what comes of words begins
 * no line of another kind.
 */
#include "base/file.h"

static int	fuzzed_read(struct buf *, const char *, struct error *);

/* The library's loader, but for where it finds its files. */
#define file_read	fuzzed_read
#include "theme/load.c"
#undef file_read

#include "base/utf8.h"
#include "gemtext/gemtext.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span page_text, part_text;

static void
must(bool good)
{
	if (!good)
		abort();
}

static int
fuzzed_read(struct buf *out, const char *path, struct error *e)
{
	bool page = strcmp(path, "/t/page.gmi") == 0;

	if (!page && strcmp(path, "/t/part.gmi") != 0)
		return error_set(e, E_NOTFOUND, "%s: not there", path);
	buf_put_span(out, page ? page_text : part_text);
	return out->over ? error_set(e, E_LIMIT, "%s: too long", path) : 0;
}

static void
on_line(const char *line, void *arg)
{
	(void)arg;
	must(utf8_valid(span_str(line)));
	for (; *line != '\0'; line++)
		must((unsigned char)*line >= ' ' && *line != 0x7f);
}

#define BAD	"\n=> gemini://evil.example/ e\r\n# evil\n```\n\x1b[1m\xff"
#define BAD_URL	"gemini://evil.example/ x\n=> gemini://evil.example/"
#define BLOCK	"kept\n=> gemini://kept.example/ kept\n"

static const struct theme_field row[] = {
	{ "word", THEME_TEXT, NULL }, { "where", THEME_URL, NULL },
	{ NULL, 0, NULL }
};
static const struct theme_field fields[] = {
	{ "title", THEME_TEXT, NULL }, { "none", THEME_TEXT, NULL },
	{ "url", THEME_URL, NULL }, { "body", THEME_BLOCK, NULL },
	{ "rows", THEME_LIST, row }, { NULL, 0, NULL }
};
static const struct theme_field common[] = {
	{ "planet", THEME_TEXT, NULL }, { NULL, 0, NULL }
};
static const struct theme_kind kinds[] = {
	{ "page", fields }, { NULL, NULL }
};

#define VALUE(text)	{ .s = { text, sizeof(text) - 1 } }

static const struct theme_value rows[] = {
	VALUE(BAD), VALUE(BAD_URL), VALUE("=> " BAD), VALUE("/x"),
	VALUE("```" BAD), VALUE(""),
};
static const struct theme_value values[] = {
	VALUE(BAD), VALUE(""), VALUE(BAD_URL), VALUE(BLOCK),
	{ .rows = rows, .nrows = 3 },
};
static const struct theme_value shared_values[] = { VALUE("# " BAD) };

/* A line of words that "evil" put there would be one of another kind. */
static void
check_page(struct span page)
{
	struct span line;
	bool pre = false;

	must(utf8_valid(page));
	for (size_t i = 0; i < page.n; i++)
		must((unsigned char)page.p[i] >= ' ' || page.p[i] == '\n' ||
		    page.p[i] == '\t');
	while (span_line(&page, &line)) {
		if (span_starts(line, "```")) {
			pre = !pre;
			continue;
		}
		/* neither ended a line nor began one of another kind */
		must(pre || !span_starts(line, "=> gemini://evil.example/ e"));
		must(pre || !span_starts(line, "# evil"));
	}
}

static bool
holds(struct span s, const char *word)
{
	return s.n > 0 && memmem(s.p, s.n, word, strlen(word)) != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const dirs[] = { "/t", NULL };
	const struct theme_options o = { .kinds = kinds, .common = common,
	    .dirs = dirs, .shipped = "plain", .report = on_line };
	const char *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	struct buf out = { .max = 1 << 20 };
	struct error e = { 0 };
	struct theme *t = NULL;
	char hex[HASH_HEX];
	int rc;

	page_text = span_of((const char *)data, nul != NULL ?
	    (size_t)(nul - (const char *)data) : size);
	part_text = nul == NULL ? span_str("{{title}}\n") :
	    span_of(nul + 1, size - page_text.n - 1);
	rc = theme_new(&t, &o, &e);
	must(rc == 0 || rc == E_SYNTAX);
	must(rc == 0 || e.msg[0] != '\0');
	if (rc == 0) {
		theme_hash(t, hex);
		rc = theme_render(t, 0, shared_values, values, &out, &e);
		must(rc == 0 || rc == E_LIMIT);
		if (!holds(page_text, "evil") && !holds(part_text, "evil") &&
		    !out.over)
			check_page(buf_span(&out));
	}
	theme_free(t);
	buf_free(&out);
	return 0;
}

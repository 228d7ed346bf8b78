#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "cmd/edit.h"
#include "config/config.h"

static bool
is_header(struct span line)
{
	return line.n > 0 && line.p[0] == '[';
}

static bool
is_filler(struct span line)
{
	line = span_trim(line);
	return line.n == 0 || line.p[0] == '#' || line.p[0] == ';';
}

bool
edit_section(struct span text, int number, struct span *section)
{
	struct span rest = text, line;
	const char *end;

	for (int i = 0; i < number; i++)
		if (!span_line(&rest, &line))
			return false;
	if (number < 1 || !is_header(line))
		return false;
	section->p = line.p;
	end = rest.p;		/* after the last line that says something */
	while (span_line(&rest, &line) && !is_header(line))
		if (!is_filler(line))
			end = rest.p;
	section->n = (size_t)(end - section->p);
	return true;
}

void
edit_remove(struct buf *out, struct span text, struct span section)
{
	struct span rest, line, next;

	buf_put(out, text.p, (size_t)(section.p - text.p));
	rest = span_from(text, (size_t)(section.p - text.p) + section.n);
	for (next = rest; span_line(&next, &line) &&
	    span_trim(line).n == 0; rest = next)
		continue;
	buf_put_span(out, rest);
}

/* Whether line begins with key and a separator. */
static bool
says(struct span line, const char *key)
{
	size_t n = strlen(key);

	if (!span_istarts(line, key))
		return false;
	line = span_trim(span_from(line, n));
	return line.n > 0 && (line.p[0] == '=' || line.p[0] == ':');
}

static bool
continues(struct span line)
{
	return line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t') &&
	    span_trim(line).n > 0;
}

void
edit_set(struct buf *out, struct span text, struct span section,
    const char *key, const char *value)
{
	struct span rest = section, line;
	const char *from = section.p;
	bool dropping = false;

	buf_put(out, text.p, (size_t)(section.p - text.p));
	while (span_line(&rest, &line)) {
		bool header = line.p == section.p;

		dropping = !header && (says(line, key) ||
		    (dropping && continues(line)));
		if (!dropping)
			buf_put(out, from, (size_t)(rest.p - from));
		from = rest.p;
		if (!header)
			continue;
		if (out->p[out->n - 1] != '\n')
			buf_putc(out, '\n');
		if (value != NULL)
			buf_putf(out, "%s = %s\n", key, value);
	}
	buf_put_span(out, span_from(text,
	    (size_t)(section.p - text.p) + section.n));
}

/* Whether name means itself when it is read back from a configuration. */
static bool
plain_value(const char *name)
{
	return name[0] != '\0' && strlen(name) <= 120 &&
	    strpbrk(name, "\r\n;%") == NULL && span_trim(span_str(name)).n ==
	    strlen(name);
}

void
edit_append(struct buf *out, struct span text, const char *url,
    const char *name, bool allow_private)
{
	buf_put_span(out, text);
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		buf_putc(out, '\n');
	if (text.n > 0)
		buf_putc(out, '\n');
	buf_putf(out, "[%s]\n", url);
	if (name != NULL && plain_value(name))
		buf_putf(out, "name = %s\n", name);
	if (allow_private)
		buf_puts(out, "allow_private = yes\n");
}

static int
check(const char *path, const char *url, bool present, struct error *e)
{
	struct config_problems problems = { 0 };
	struct config *c = NULL;
	int rc = config_load(&c, path, &problems, e);

	if (rc == 0 && url != NULL && (config_source(c, url) != NULL) !=
	    present)
		rc = error_set(e, E_FAIL, "%s: the change had no effect and "
		    "was taken back; please edit the file by hand", path);
	config_problems_free(&problems);
	if (c != NULL)
		config_free(c);
	return rc;
}

int
edit_write(const char *path, struct span old, struct span text,
    const char *url, bool present, struct error *e)
{
	/* A link to the file stays a link. */
	char *real = realpath(path, NULL);
	struct stat st;
	int rc;

	if (real == NULL || stat(real, &st) == -1)
		rc = error_errno(e, "%s", path);
	else if ((rc = file_replace(real, text, st.st_mode & 07777, true,
	    e)) == 0 && (rc = check(path, url, present, e)) != 0)
		(void)file_replace(real, old, st.st_mode & 07777, true, NULL);
	free(real);
	return rc;
}

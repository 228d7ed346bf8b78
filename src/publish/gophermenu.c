#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "publish/gophermenu.h"

static void
put_info_line(struct gophermenu *m, struct span text, size_t indent)
{
	buf_putc(m->out, 'i');
	while (indent-- > 0)
		buf_putc(m->out, ' ');
	buf_put_span(m->out, text);
	buf_puts(m->out, "\t\tnull.host\t1\r\n");
}

/* The end of an item's line: where its selector is asked. */
static void
put_place(struct gophermenu *m)
{
	buf_putc(m->out, '\t');
	buf_puts(m->out, m->host);
	buf_putc(m->out, '\t');
	buf_putn(m->out, m->port, 1);
	buf_puts(m->out, "\r\n");
}

/* Most lines are short ones of plain words. */
static bool
is_plain(struct span text, size_t columns)
{
	if (text.n == 0 || text.n > columns || text.p[0] == ' ' ||
	    text.p[text.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] > '~' ||
		    (text.p[i] == ' ' && text.p[i - 1] == ' '))
			return false;
	return true;
}

void
gophermenu_info_indented(struct gophermenu *m, struct span text,
    size_t indent, size_t lines)
{
	struct buf wrapped = { .max = 1 << 20 }, cut = { .max = 4096 };
	struct span rest, line;

	if (lines > 0 && is_plain(text, GOPHERMENU_COLUMNS - indent)) {
		put_info_line(m, text, indent);
		return;
	}
	gophertext_wrap(&wrapped, text, GOPHERMENU_COLUMNS - indent, 0, "\n");
	rest = buf_span(&wrapped);
	if (rest.n == 0)
		put_info_line(m, rest, 0);
	while (lines > 0 && span_line(&rest, &line)) {
		lines--;
		buf_clear(&cut);
		utf8_shorten(&cut, line, GOPHERMENU_COLUMNS - indent -
		    (lines == 0 && rest.n > 0 ? 2 : 0));
		/* unless that cut it already */
		if (lines == 0 && rest.n > 0 && span_eq(buf_span(&cut), line))
			buf_puts(&cut, " …");
		put_info_line(m, buf_span(&cut), indent);
	}
	buf_free(&wrapped);
	buf_free(&cut);
}

void
gophermenu_info(struct gophermenu *m, struct span text)
{
	gophermenu_info_indented(m, text, 0, 200);
}

static void
put_selector(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++)
		if (*s > ' ' && *s < 0x7f)
			buf_putc(out, *s);
}

static bool
is_type(char c)
{
	return c != '\0' && strchr("01379gIphs;dx", c) != NULL;
}

/* The display field; true when s did not fit. */
static bool
put_display(const struct gophermenu *m, struct span s)
{
	struct buf clean = { .max = 1 << 16 };
	bool cut;

	utf8_line(&clean, s);
	if (clean.n == 0)
		buf_puts(&clean, m->untitled != NULL ? m->untitled :
		    "(no title)");
	cut = utf8_columns(buf_span(&clean)) > GOPHERMENU_COLUMNS;
	utf8_shorten(m->out, buf_span(&clean), GOPHERMENU_COLUMNS);
	buf_free(&clean);
	return cut;
}

void
gophermenu_item(struct gophermenu *m, char type, struct span display,
    const char *selector, bool whole)
{
	bool cut;

	buf_putc(m->out, is_type(type) ? type : '9');
	cut = put_display(m, display);
	buf_putc(m->out, '\t');
	put_selector(m->out, selector);
	put_place(m);
	if (cut && whole)
		gophermenu_info_indented(m, display, 2, 6);
}

/* gopher://host:port/Tselector as an item; false when it is not fit. */
static bool
put_gopher(struct gophermenu *m, struct span url, struct span label)
{
	struct buf host = { .max = 300 }, sel = { .max = 1024 };
	struct uri u;
	char type = '1';
	long port = 70;
	bool done = false;

	uri_split(&u, url);
	if (uri_host_ascii(&host, u.host) != 0 || host.n == 0)
		goto out;
	if (u.port.p != NULL && u.port.n > 0 && u.port.n < 6)
		port = strtol(u.port.p, NULL, 10);
	if (port < 1 || port > 65535)
		goto out;
	if (u.path.n > 1) {
		type = u.path.p[1];
		uri_unescape(&sel, span_from(u.path, 2));
	}
	/* A selector is taken literally: one that would need cleaning would
	 * be another selector. */
	for (size_t i = 0; i < sel.n; i++)
		if ((unsigned char)sel.p[i] < ' ' || sel.p[i] == 0x7f)
			goto out;
	if (!is_type(type) || type == '3' || sel.over ||
	    !utf8_valid(buf_span(&sel)))
		goto out;
	for (size_t i = 0; i < host.n; i++)
		if ((unsigned char)host.p[i] <= ' ')
			goto out;
	buf_putc(m->out, type);
	put_display(m, label);
	buf_putf(m->out, "\t%s\t%s\t%ld\r\n", buf_cstr(&sel), buf_cstr(&host),
	    port);
	done = true;
out:
	buf_free(&host);
	buf_free(&sel);
	return done;
}

void
gophermenu_link(struct gophermenu *m, struct span url, struct span label)
{
	struct buf abs = { .max = URI_MAX };
	char scheme[32];

	uri_scheme(scheme, sizeof(scheme), url);
	if (scheme[0] == '\0' || !uri_scheme_linkable(scheme) ||
	    uri_resolve(&abs, NULL, url) != 0) {
		gophermenu_info(m, label);
		goto out;
	}
	if (strcmp(scheme, "gopher") == 0 &&
	    put_gopher(m, buf_span(&abs), label))
		goto out;
	buf_putc(m->out, 'h');
	put_display(m, label);
	buf_puts(m->out, "\tURL:");
	put_selector(m->out, buf_cstr(&abs));
	put_place(m);
out:
	buf_free(&abs);
}

void
gophermenu_end(struct gophermenu *m)
{
	if (m->out->n == 0)
		gophermenu_info(m, span_str(m->nothing != NULL ? m->nothing :
		    "There is nothing here yet."));
	buf_puts(m->out, ".\r\n");
}

/* Field i of a menu line that we wrote. */
static struct span
field(struct span line, int i)
{
	const char *tab;

	while (i-- > 0) {
		tab = memchr(line.p, '\t', line.n);
		line = span_from(line, tab != NULL ?
		    (size_t)(tab - line.p) + 1 : line.n);
	}
	tab = memchr(line.p, '\t', line.n);
	return tab != NULL ? span_of(line.p, (size_t)(tab - line.p)) : line;
}

static bool
has_twin(struct span line, const char *host, const char *port,
    const char *prefix)
{
	struct span sel = field(line, 1);

	/* What names the twin already has none of its own. */
	if (!span_eqs(field(line, 2), host) ||
	    !span_eqs(field(line, 3), port) || span_starts(sel, prefix))
		return false;
	return line.p[0] == '1' || (line.p[0] == '0' && sel.n > 4 &&
	    memcmp(sel.p + sel.n - 4, ".txt", 4) == 0);
}

void
gophermenu_ascii(struct buf *out, struct span menu, const char *host,
    int port, const char *prefix)
{
	struct buf d = { .max = 1 << 16 };
	struct span line;
	char number[16];

	snprintf(number, sizeof(number), "%d", port);
	while (span_line(&menu, &line)) {
		struct span display = field(line, 0);

		if (display.n == line.n) {	/* the final "." */
			buf_put_span(out, line);
			buf_puts(out, "\r\n");
			continue;
		}
		buf_clear(&d);
		gophertext_ascii(&d, span_from(display, 1));
		if (d.n > GOPHERMENU_COLUMNS) {
			buf_truncate(&d, GOPHERMENU_COLUMNS - 3);
			buf_puts(&d, "...");
		}
		buf_putc(out, line.p[0]);
		buf_put_span(out, buf_span(&d));
		buf_putc(out, '\t');
		if (has_twin(line, host, number, prefix))
			buf_puts(out, prefix);
		buf_put_span(out, span_from(line, display.n + 1));
		buf_puts(out, "\r\n");
	}
	buf_free(&d);
}

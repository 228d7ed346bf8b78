/*
 * bounds - feeds that want to hurt, and what reading them costs.
 *
 *	bounds make DIR
 *	bounds run SECONDS OUT ERR COMMAND...
 *
 * "make" writes one feed of each shape.  "run" gives a command that many
 * seconds of CPU and prints its status (128 and the signal where it died of
 * one), the milliseconds of CPU it took and the most memory, in kB, that it
 * or a child of it held.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"

/* What every feed has besides, so that one sees it was read. */
#define ITEM	"<item><title>before</title><link>http://e.example/1</link>" \
	"<guid>http://e.example/1</guid></item>\n"
#define TAIL	"</channel></rss>\n"
#define CHANNEL	"<channel><title>Hostile</title>" ITEM
#define RSS	"<rss version=\"2.0\">" CHANNEL

/* before, n times what (with the number for "%d"), after. */
struct shape {
	const char	*name, *before, *what;
	int		 n;
	const char	*after;
};

static const struct shape shapes[] = {
	{ "laughs-text.rss", "<!DOCTYPE rss [<!ENTITY a \"lol\">"
	    "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
	    "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
	    "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
	    "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">"
	    "<!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">]>" RSS
	    "<item><title>", "&f;", 10000, "</title></item>" TAIL },
	{ "parameter-entities.rss", "<!DOCTYPE rss [<!ENTITY % a \"x\">",
	    "<!ENTITY % p%d \"%a;%a;%a;%a;\">%p%d;", 40000, "]>" RSS TAIL },
	{ "attlist.rss", "<!DOCTYPE rss [",
	    "<!ATTLIST item a%d CDATA \"default value %d\">", 20000, "]>" RSS
	    TAIL },
	{ "attlist-items.rss", "<!DOCTYPE rss [<!ATTLIST b a CDATA \"x\" "
	    "c CDATA \"y\" d CDATA \"z\">]>" RSS "<item><description>",
	    "<b>t</b>", 50000, "</description></item>" TAIL },
	{ "attributes.rss", "<rss version=\"2.0\" ", "a%d='v' ", 80000, ">"
	    CHANNEL TAIL },
	{ "attributes-same.rss", "<rss version=\"2.0\" ", "a='v' ", 80000,
	    ">" CHANNEL TAIL },
	{ "namespaces.rss", "<rss version=\"2.0\" ",
	    "xmlns:n%d='http://e.example/%d' ", 80000, ">" CHANNEL TAIL },
	{ "attributes-html.rss", RSS "<item><title>t</title><description>"
	    "<![CDATA[<p ", "a%d='v' ", 80000, ">text]]></description></item>"
	    TAIL },
	{ "depth.rss", RSS "<item><title>deep</title>", "<x>", 100000,
	    "</item>" TAIL },
	{ "depth-names.rss", RSS "<item><title>deep</title>", "<x%d>", 100000,
	    "</item>" TAIL },
	{ "depth-xhtml.atom", "<feed xmlns='http://www.w3.org/2005/Atom'>"
	    "<title>t</title><entry><id>u:1</id><title>before</title>"
	    "<content type='xhtml'>", "<div>", 100000, "text</content></entry>"
	    "</feed>" },
	{ "depth-html.rss", RSS "<item><title>deep</title><description>"
	    "<![CDATA[", "<div><b>", 100000, "text]]></description></item>"
	    TAIL },
	{ "depth-escaped.rss", RSS "<item><title>deep</title><description>",
	    "&lt;ul&gt;&lt;li&gt;", 100000, "text</description></item>"
	    TAIL },
	{ "unclosed-html.rss", RSS "<item><title>unclosed</title><description>"
	    "<![CDATA[", "<iframe src=/v><title><textarea><noframes><noembed>"
	    "<xmp>", 20000, "text]]></description></item>" TAIL },
	{ "unclosed-one.rss", RSS "<item><title>unclosed</title><description>"
	    "<![CDATA[</iframe><title>", "<iframe>", 100000, "text]]>"
	    "</description></item>" TAIL },
	{ "depth-list.json", "{\"version\":\"https://jsonfeed.org/version/1.1\""
	    ",\"title\":\"t\",\"items\":[{\"id\":\"1\",\"title\":\"before\","
	    "\"content_text\":\"x\"}],\"_x\":", "[", 100000, "" },
	{ "depth-object.json", "{\"version\":\"https://jsonfeed.org/version/1"
	    ".1\",\"items\":[{\"id\":\"1\",\"title\":\"before\",\"_x\":",
	    "{\"a\":", 100000, "1" },
	{ "items.json", "{\"version\":\"https://jsonfeed.org/version/1.1\","
	    "\"items\":[{\"id\":\"1\",\"title\":\"before\"},",
	    "{\"id\":\"%d\",\"content_html\":\"&lol;\"},", 60000, "{}]}" },
	{ "values.json", "{\"items\":[", "{},", 1000000, "{}]}" },
	{ "items.rss", RSS, "<item><title>t%d</title></item>", 100000, TAIL },
	{ "references.rss", "<rss version=\"2.0\" xmlns:source='http://"
	    "source.scripting.com/'><channel><title>Hostile</title>" ITEM
	    "<item><source:markdown>[a]: http://e.example/"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\n",
	    "[a] ", 80000, "</source:markdown></item>" TAIL },
	{ "titles.gmi", "# Page\n=> /0 2026-11-10 before\n", "=> /p%d 2026-11-10 \x1b]0;x\x07 \xc2\x9b"
	    "31m %d\n", 20000, "" },
	{ "menu.gopher", "02026-11-10 before\t/0\te.example\t70\r\n", "02026-11-10 \xc2\x9b" "31m\x1b[2J %d\t/p%d\t"
	    "e.example\t70\r\n", 20000, ".\r\n" },
};

/* Characters that terminals obey, in every place a feed has for text. */
static void
put_controls(struct buf *b, const char *csi)
{
	static const char *const fields[] = { "title", "link", "guid",
		"description", "author", "category", "comments", "pubDate" };

	buf_putf(b, "<channel><title>%s31mHostile</title><link>%s</link>" ITEM
	    "<item>", csi, csi);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		buf_putf(b, "<%s>http://e.example/%s2J%s</%s>", fields[i], csi,
		    csi, fields[i]);
	buf_putf(b, "<enclosure url=\"http://e.example/%s\" type=\"%s\"/>"
	    "</item>" TAIL, csi, csi);
}

static void
repeat(struct buf *b, const struct shape *s)
{
	char number[12];

	buf_puts(b, s->before);
	for (int i = 0; i < s->n; i++) {
		const char *p = s->what, *at;

		snprintf(number, sizeof(number), "%d", i);
		for (; (at = strstr(p, "%d")) != NULL; p = at + 2) {
			buf_put(b, p, (size_t)(at - p));
			buf_puts(b, number);
		}
		buf_puts(b, p);
	}
	buf_puts(b, s->after);
}

static void
save(const char *dir, const char *name, struct buf *b)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (f == NULL || fwrite(buf_cstr(b), 1, b->n, f) != b->n ||
	    fclose(f) != 0) {
		perror(path);
		exit(70);
	}
	buf_clear(b);
}

/* One entity of 200 kB, named 20 000 times, in a text or an attribute. */
static void
put_amplified(struct buf *b, const char *before, const char *after)
{
	buf_puts(b, "<!DOCTYPE rss [<!ENTITY a \"");
	for (int i = 0; i < 20000; i++)
		buf_puts(b, "xxxxxxxxx ");
	buf_putf(b, "\">]>" RSS "<item>%s", before);
	for (int i = 0; i < 20000; i++)
		buf_puts(b, "&a;");
	buf_putf(b, "%s</item>" TAIL, after);
}

/* A label, and after it bytes of one encoding after the other. */
static void
put_mixed(struct buf *b, const char *label)
{
	static const char utf8[] = "gr\xc3\xbc\xc3\x9f", latin1[] = "gr\xfc\xdf",
	    sjis[] = "\x93\xfa\x96\x7b", koi8[] = "\xf0\xd2\xc9",
	    wide[] = "\0<\0t\0>", bad[] = "\xc0\xaf\xed\xa0\x80\xff\xfe\x9b";

	buf_putf(b, "<?xml version=\"1.0\" encoding=\"%s\"?>" RSS, label);
	for (int i = 0; i < 2000; i++) {
		buf_puts(b, "<item><title>");
		buf_put(b, utf8, sizeof(utf8) - 1);
		buf_put(b, latin1, sizeof(latin1) - 1);
		buf_put(b, sjis, sizeof(sjis) - 1);
		buf_put(b, koi8, sizeof(koi8) - 1);
		buf_put(b, wide, sizeof(wide) - 1);
		buf_put(b, bad, sizeof(bad) - 1);
		buf_putf(b, "</title><guid>m%d</guid></item>\n", i);
	}
	buf_puts(b, TAIL);
}

static int
make(const char *dir)
{
	static const char *const labels[] = { "utf-8", "iso-8859-1",
		"shift_jis", "utf-16", "utf-7", "ebcdic-cp-us", "none\xc2\x9b" };
	static const char *const csi[] = { "\xc2\x9b", "&#x9b;", "&amp;#155;",
		"\x9b", "\x1b[", "&#27;[", "<![CDATA[\xc2\x9b]]>" };
	struct buf b = { 0 };
	char name[64];

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		repeat(&b, &shapes[i]);
		save(dir, shapes[i].name, &b);
	}
	put_amplified(&b, "<description>", "</description>");
	save(dir, "amplified-text.rss", &b);
	put_amplified(&b, "<enclosure url=\"", "\"/>");
	save(dir, "amplified-attribute.rss", &b);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		put_mixed(&b, labels[i]);
		snprintf(name, sizeof(name), "mixed-%zu.rss", i);
		save(dir, name, &b);
	}
	for (size_t i = 0; i < sizeof(csi) / sizeof(csi[0]); i++) {
		buf_puts(&b, "<rss version=\"2.0\">");
		put_controls(&b, csi[i]);
		snprintf(name, sizeof(name), "controls-%zu.rss", i);
		save(dir, name, &b);
	}
	/* and where there is no feed, in what is said about it */
	buf_puts(&b, "<\xc2\x9b" "31mhtml \xc2\x9b><title>\x1b[31m");
	save(dir, "controls-refused.rss", &b);
	buf_puts(&b, "{\"version\":\"https://jsonfeed.org/version/1.1\","
	    "\"title\":\"\\u009b31m\",\"items\":[{\"id\":\"\\u009b\","
	    "\"title\":\"before\",\"content_html\":\"&#x9b;\","
	    "\"url\":\"http://e.example/\\u009b\"}]}");
	save(dir, "controls.json", &b);
	buf_free(&b);
	return 0;
}

static void
send_to(int fd, const char *path)
{
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (to == -1 || dup2(to, fd) == -1) {
		perror(path);
		_exit(126);
	}
	close(to);
}

static int
run(const char *seconds, const char *out, const char *err, char **argv)
{
	rlim_t most = (rlim_t)strtoul(seconds, NULL, 10);
	struct rlimit cpu = { most, most };
	struct rusage ru;
	long ms;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		send_to(1, out);
		send_to(2, err);
		if (setrlimit(RLIMIT_CPU, &cpu) == 0)
			execvp(argv[0], argv);
		perror(argv[0]);
		_exit(126);
	}
	if (pid == -1 || wait4(pid, &status, 0, &ru) != pid) {
		perror("bounds");
		return 70;
	}
	ms = (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000L +
	    (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1000;
	printf("%d %ld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status), ms, ru.ru_maxrss);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "make") == 0)
		return make(argv[2]);
	if (argc > 5 && strcmp(argv[1], "run") == 0)
		return run(argv[2], argv[3], argv[4], argv + 5);
	fprintf(stderr, "usage: bounds make DIR | run SECONDS OUT ERR "
	    "COMMAND...\n");
	return 64;
}

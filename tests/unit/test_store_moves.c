/*
 * What blogs do to their feeds over the years, from bytes to the store: another
 * format, another place, other ids.  None of it is news.
 */
#include "feed/parse.h"
#include "store_fixture.h"

#define ALL	((struct store_query){ .all = true })

static const char *const titles[] = { "Bread", "Salt", "Honey", "Oats",
	"Plums", "Tea" };

#define POSTS	6

/* A blog of which the parts that may change can be told. */
struct blog {
	const char	*site;		/* "http://a.example" */
	const char	*guid;		/* before the number; NULL: the link */
	const char	*tail;		/* of each link */
	bool		 atom, reversed;
	int		 from, to;	/* posts, POSTS excluded */
	int		 comments;
	const char	*retitled;	/* of the first post */
	const char	*slug;		/* of the first post; NULL: its number */
};

static void
put_link(struct buf *b, const struct blog *g, int i)
{
	if (i == 0 && g->slug != NULL)
		buf_putf(b, "%s/2026/%s%s", g->site, g->slug, g->tail);
	else
		buf_putf(b, "%s/2026/post-%d%s", g->site, i, g->tail);
}

static void
put_guid(struct buf *b, const struct blog *g, int i)
{
	if (g->guid != NULL)
		buf_putf(b, "%s%d", g->guid, i);
	else
		put_link(b, g, i);
}

static void
put_text(struct buf *b, const struct blog *g, int i)
{
	buf_putf(b, "&lt;p&gt;What I know about %s, and &lt;a href=\"%s/more\""
	    "&gt;more&lt;/a&gt; of it.&lt;/p&gt;", titles[i], g->site);
}

static void
put_rss(struct buf *b, const struct blog *g, int i)
{
	buf_putf(b, "<item><title>%s</title><link>", i == 0 &&
	    g->retitled != NULL ? g->retitled : titles[i]);
	put_link(b, g, i);
	buf_putf(b, "</link><guid isPermaLink=\"%s\">", g->guid != NULL ?
	    "false" : "true");
	put_guid(b, g, i);
	buf_putf(b, "</guid><pubDate>%02d Nov 2025 10:00:%02d +0000</pubDate>"
	    "<slash:comments>%d</slash:comments>", 20 - i, i,
	    g->comments + i);
	buf_puts(b, "<description>");
	put_text(b, g, i);
	buf_puts(b, "</description></item>");
}

static void
put_atom(struct buf *b, const struct blog *g, int i)
{
	buf_putf(b, "<entry><title>%s</title><link href=\"", titles[i]);
	put_link(b, g, i);
	buf_puts(b, "\"/><id>");
	put_guid(b, g, i);
	buf_putf(b, "</id><published>2025-11-%02dT10:00:%02dZ</published>"
	    "<updated>2025-12-01T00:00:00Z</updated><thr:total>%d</thr:total>"
	    "<content type=\"html\">", 20 - i, i, g->comments + i);
	put_text(b, g, i);
	buf_puts(b, "</content></entry>");
}

static void
fetch(struct fixture *f, const struct blog *g)
{
	struct parse_options po = { .base_url = "https://a.example/feed",
	    .now = f->o.now };
	struct buf b = { 0 };
	struct feed *fd;

	buf_puts(&b, g->atom ? "<feed xmlns=\"http://www.w3.org/2005/Atom\">"
	    "<title>A</title>" : "<rss><channel><title>A</title>");
	for (int n = g->from; n < g->to; n++) {
		int i = g->reversed ? g->to - 1 - (n - g->from) : n;

		if (g->atom)
			put_atom(&b, g, i);
		else
			put_rss(&b, g, i);
	}
	buf_puts(&b, g->atom ? "</feed>" : "</channel></rss>");
	f->o.now += DAY;
	ok(f, feed_parse(&fd, &f->a, buf_span(&b), &po, &f->e));
	assert_int_equal(fd->nentries, g->to - g->from);
	ok(f, store_unmark_all(f->s, &f->e));
	ok(f, store_merge(f->s, f->feed[0], fd, &f->o, &f->r, &f->e));
	buf_free(&b);
}

static const struct blog first = { .site = "http://a.example", .guid = "urn:p",
	.tail = "", .to = POSTS };

/*
 * The blog as it was, then as it is; the same posts at the same paths, of
 * which so many are another text.  (Where the site has another name, a link
 * in each text leads to it.)
 */
static void
moved(struct fixture *f, const struct blog *was, const struct blog *is,
    size_t changed)
{
	const char *paths[POSTS];
	size_t n = (size_t)(was->to - was->from);

	fetch(f, was);
	assert_int_equal(f->r.nnew, n);
	for (size_t i = 0; i < n; i++)
		paths[i] = nth(f, ALL, i).path;
	for (int again = 0; again < 2; again++) {
		fetch(f, is);
		assert_int_equal(f->r.nnew, 0);
		assert_int_equal(f->r.nchanged, again ? 0 : changed);
		assert_int_equal(count_of(f, ALL), n);
		for (size_t i = 0; i < n; i++)
			assert_string_equal(nth(f, ALL, i).path, paths[i]);
	}
}

static void
test_comment_counts(void **state)
{
	struct fixture *f = *state;
	struct blog is = first;

	is.comments = 40;
	moved(f, &first, &is, 0);
	is.comments = 41;
	fetch(f, &is);
	assert_int_equal(f->r.nsame, POSTS);
	assert_int_equal(db_int(f->s->db, -1, "SELECT count(*) FROM mark",
	    ""), 0);
	assert_int_equal(db_int(f->s->db, -1, "SELECT count(*) FROM version",
	    ""), 0);
}

static void
test_rss_to_atom(void **state)
{
	struct fixture *f = *state;
	struct blog is = first;

	is.atom = true;
	is.guid = "tag:a.example,2026:";
	moved(f, &first, &is, 0);
}

static void
test_reordered(void **state)
{
	struct fixture *f = *state;
	struct blog is = first;

	is.reversed = true;
	moved(f, &first, &is, 0);
	assert_int_equal(f->r.nsame, POSTS);
}

static void
test_https(void **state)
{
	struct fixture *f = *state;
	struct blog is = first;

	is.site = "https://www.a.example";
	moved(f, &first, &is, POSTS);
	assert_string_equal(nth(f, ALL, 0).link,
	    "https://www.a.example/2026/post-0");
}

/* The ids are the addresses, and change with them. */
static void
test_https_ids(void **state)
{
	struct fixture *f = *state;
	struct blog was = first, is;

	was.guid = NULL;
	is = was;
	is.site = "https://a.example";
	moved(f, &was, &is, POSTS);
}

static void
test_new_domain(void **state)
{
	struct fixture *f = *state;
	struct blog is = first;

	is.site = "https://new.example";
	moved(f, &first, &is, POSTS);
	assert_string_equal(nth(f, ALL, 0).link,
	    "https://new.example/2026/post-0");
}

static void
test_new_domain_ids(void **state)
{
	struct fixture *f = *state;
	struct blog was = first, is;

	was.guid = NULL;
	is = was;
	is.site = "https://new.example";
	moved(f, &was, &is, POSTS);
}

/* The same with a blog so small that it proves little. */
static void
test_small_blog_moves(void **state)
{
	struct fixture *f = *state;
	struct blog was = first, is;

	was.guid = NULL;
	was.to = 2;
	is = was;
	is.site = "https://new.example";
	moved(f, &was, &is, 2);
}

/* Another domain, another format and other ids, all in one night. */
static void
test_everything_at_once(void **state)
{
	struct fixture *f = *state;
	struct blog is = first;

	is.site = "https://new.example/blog";
	is.guid = "tag:new.example,2026:";
	is.atom = is.reversed = true;
	moved(f, &first, &is, POSTS);
}

static void
test_tracking(void **state)
{
	struct fixture *f = *state;
	struct blog was = first, is;

	was.guid = NULL;
	was.tail = "?utm_source=rss&amp;utm_campaign=one";
	is = was;
	is.tail = "?fbclid=x1&amp;utm_medium=feed";
	moved(f, &was, &is, 0);
	is.tail = "/?utm_source=x#utm_source=y";
	fetch(f, &is);
	assert_int_equal(f->r.nnew, 0);
}

static void
test_rotating_ids(void **state)
{
	struct fixture *f = *state;
	struct blog is = first;

	is.guid = "urn:other:";
	moved(f, &first, &is, 0);
	is.guid = "urn:third:";
	is.retitled = "Brot";
	fetch(f, &is);
	assert_int_equal(f->r.nnew, 0);
	assert_int_equal(f->r.nchanged, 1);
}

static void
test_title_edit(void **state)
{
	struct fixture *f = *state;
	struct blog is = first;

	is.retitled = "Bread and butter";
	moved(f, &first, &is, 1);
}

/* A site made of files: its address and id follow the title. */
static void
test_title_edit_moves_page(void **state)
{
	struct fixture *f = *state;
	struct blog was = first, is;

	was.guid = NULL;
	was.slug = "bread";
	is = was;
	is.slug = "bread-and-butter";
	is.retitled = "Bread and butter";
	moved(f, &was, &is, 1);
	assert_string_equal(nth(f, ALL, 0).title, "Bread and butter");
	assert_string_equal(nth(f, ALL, 0).link,
	    "http://a.example/2026/bread-and-butter");
}

/* The same second and a text that says nothing are not one post. */
static void
test_formulas(void **state)
{
	struct fixture *f = *state;
	struct entry a = entry_of("a", "https://a.example/a", "One",
	    "<p>Read more</p>", NOW - DAY);
	struct entry b = entry_of("b", "https://a.example/b", "Two",
	    "<p>Read more</p>", NOW - DAY);

	merge_into(f, 0, &a, 1);
	merge_into(f, 0, &b, 1);
	assert_int_equal(f->r.nnew, 1);
	/* nor is a text that tells, on another day */
	a = entry_of("c", "https://a.example/c", "Three",
	    "<p>Our shop is open from nine to five.</p>", NOW - DAY);
	b = entry_of("d", "https://a.example/d", "Four",
	    "<p>Our shop is open from nine to five.</p>", NOW - DAY + 1);
	merge_into(f, 0, &a, 1);
	merge_into(f, 0, &b, 1);
	assert_int_equal(f->r.nnew, 1);
}

/* What is news stays news: the posts after a move. */
static void
test_news_after_move(void **state)
{
	struct fixture *f = *state;
	struct blog was = first, is;

	was.guid = NULL;
	was.from = 1;
	fetch(f, &was);
	is = was;
	is.site = "https://new.example";
	is.from = 0;
	fetch(f, &is);
	assert_int_equal(f->r.nnew, 1);
	assert_string_equal(nth(f, ALL, 0).title, "Bread");
	assert_int_equal(count_of(f, ALL), POSTS);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_comment_counts), T(test_rss_to_atom),
		T(test_reordered), T(test_https), T(test_https_ids),
		T(test_new_domain), T(test_new_domain_ids),
		T(test_small_blog_moves), T(test_everything_at_once),
		T(test_tracking), T(test_rotating_ids), T(test_title_edit),
		T(test_title_edit_moves_page), T(test_formulas),
		T(test_news_after_move),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

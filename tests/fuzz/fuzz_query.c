/*
 * The query builder: whatever is typed, SQLite is given a valid
 * expression.  Each input is parsed, written and asked of an empty table.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/utf8.h"
#include "search/internal.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static sqlite3_stmt *
statement(void)
{
	static sqlite3_stmt *st;
	sqlite3 *h;

	if (st == NULL && (sqlite3_open(":memory:", &h) != SQLITE_OK ||
	    sqlite3_exec(h, "CREATE VIRTUAL TABLE ft USING fts5(title, source,"
	    " author, tags, lang, text, content='', tokenize='porter"
	    " unicode61 remove_diacritics 2'); INSERT INTO ft(rowid, title,"
	    " text) VALUES(1, 'a b c', 'gardens of words')", NULL, NULL,
	    NULL) != SQLITE_OK || sqlite3_prepare_v2(h, "SELECT rowid FROM ft"
	    " WHERE ft MATCH ?", -1, &st, NULL) != SQLITE_OK))
		abort();
	return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct buf match = { 0 }, text = { 0 };
	struct query q;
	sqlite3_stmt *st = statement();
	int rc;

	query_parse(&q, &a, span_of((const char *)data, size));
	query_match(&match, &q);
	if (q.n > SEARCH_TERMS_MAX || !utf8_valid(buf_span(&match)))
		abort();
	if (match.n > 0) {
		sqlite3_bind_text(st, 1, buf_cstr(&match), (int)match.n,
		    SQLITE_STATIC);
		while ((rc = sqlite3_step(st)) == SQLITE_ROW)
			continue;
		if (rc != SQLITE_DONE) {
			fprintf(stderr, "%s: %s\n", buf_cstr(&match),
			    sqlite3_errmsg(sqlite3_db_handle(st)));
			abort();
		}
		sqlite3_reset(st);
	}
	/* what is indexed, and what is shown of it */
	script_index(&text, span_of((const char *)data, size));
	if (utf8_valid(span_of((const char *)data, size)) &&
	    !utf8_valid(buf_span(&text)))
		abort();
	utf8_repair(&text, span_of((const char *)data, size));
	(void)snippet_of(&q, buf_span(&text), &a);
	buf_free(&match);
	buf_free(&text);
	arena_free(&a);
	return 0;
}

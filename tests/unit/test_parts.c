/*
 * Publishing what changed gives the same files as publishing everything,
 * whatever happens to entries whose lists have many parts.
 */
#include "store_fixture.h"

#include "publish/publish.h"

#define MANY	460
#define ROUNDS	16

static struct category tags[] = { { .term = "Rust" }, { .term = "C" },
	{ .term = "Rare" } };

struct planet {
	struct fixture	*f;
	struct config	 c;
	unsigned	 seed;
	int		 made;		/* entries with a name so far */
};

/* The same numbers on every machine. */
static unsigned
number(struct planet *p, unsigned below)
{
	p->seed = p->seed * 1103515245u + 12345u;
	return (p->seed >> 16) % below;
}

static struct entry
one(struct planet *p, int name, int64_t when, int generation)
{
	struct arena *a = &p->f->a;
	struct entry en = entry_of(arena_printf(a, "id-%d", name),
	    arena_printf(a, "https://a.example/%d", name),
	    arena_printf(a, "Number %d, text %d", name, generation),
	    arena_printf(a, "<p>%d %d</p>", name, generation), when);

	en.categories = &tags[name % 2];
	en.ncategories = name % 7 == 0 ? 2 : 1;
	en.language = name % 3 == 0 ? "de" : "en";
	return en;
}

/* When that entry was published: six a day, some at one and the same time. */
static int64_t
when(int name)
{
	return NOW - 80 * DAY + (int64_t)(name / 2) * 8 * HOUR;
}

static void
put(struct planet *p, struct entry en)
{
	struct fixture *f = p->f;

	f->o.now += HOUR;
	merge_into(f, 0, &en, 1);
}

static void
change(struct planet *p, int round)
{
	struct fixture *f = p->f;
	int name = (int)number(p, MANY);
	struct store_query q = { 0 };
	struct store_entry en;
	struct entry e;

	switch (round % 8) {
	case 0:			/* new ones */
		for (int i = 0; i < 3; i++)
			put(p, one(p, p->made++, f->o.now - 60, 0));
		break;
	case 1:			/* edited */
	case 2:
		put(p, one(p, name, when(name), round + 1));
		break;
	case 3:			/* new, but of long ago */
		put(p, one(p, p->made++, when(name) + 60, 0));
		break;
	case 4:			/* under other tags */
		e = one(p, name, when(name), round + 1);
		e.categories = &tags[1];
		e.ncategories = 2;
		put(p, e);
		break;
	case 5:
		en = nth(f, q, (size_t)name);
		ok(f, store_set_hidden(f->s, en.id, true, &f->e));
		break;
	case 6:
		en = nth(f, q, (size_t)name);
		ok(f, store_forget_entry(f->s, en.pid, &f->e));
		break;
	case 7:			/* so many that parts are added */
		for (int i = 0; i < 210; i++)
			put(p, one(p, p->made++, f->o.now - 60, 0));
		break;
	}
}

static struct publish_result
run(struct planet *p, bool all)
{
	const struct publish_options o = { .all = all,
	    .now = p->f->o.now + 60 };
	struct publish_result r = { 0 };

	ok(p->f, publish(p->f->s, &p->c, &o, &r, &p->f->e));
	return r;
}

static void
what_changed_is_enough(void **state)
{
	struct fixture *f = *state;
	static struct entry list[MANY];
	struct planet p = { .f = f, .seed = 7, .c = { .name = "Planet",
	    .language = "en", .timezone = "UTC", .theme = "plain",
	    .robots = "default", .gemini = true, .gopher = true,
	    .gopher_width = 67, .items_per_page = 20,
	    .gemini_host = "planet.example",
	    .gopher_host = "planet.example" } };

	p.c.dir = f->dir;
	p.c.output_dir = arena_printf(&f->a, "%s/output", f->dir);
	publish_zone(f->s, &p.c);
	for (int i = 0; i < MANY; i++)
		list[i] = one(&p, i, when(i), 0);
	p.made = MANY;
	f->o.new_items = MANY;
	merge_into(f, 0, list, MANY);
	(void)run(&p, false);
	for (int round = 0; round < ROUNDS; round++) {
		struct publish_result some, all;

		change(&p, round);
		some = run(&p, false);
		all = run(&p, true);
		if (some.written == 0 || all.written != 0 || all.removed != 0)
			fail_msg("round %d: %zu written, %zu removed; by all"
			    " again: %zu, %zu", round, some.written,
			    some.removed, all.written, all.removed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_changed_is_enough,
		    fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}

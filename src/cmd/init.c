#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "cmd/cmd.h"

static const char planet_ini[] =
    "# The configuration of a planet. orrery.conf(5) explains every key.\n"
    "# `orrery check` reads this file and says what it understood.\n"
    "\n"
    "[Planet]\n"
    "name = My planet\n"
    "description = What the people I read are writing.\n"
    "# The address readers use; its host goes into the certificate.\n"
    "link = gemini://localhost/\n"
    "owner_name = Nobody yet\n"
    "owner_email = \n"
    "language = en\n"
    "timezone = UTC\n"
    "\n"
    "# State, and what is published; both relative to this file.\n"
    "cache_directory = cache\n"
    "output_dir = output\n"
    "posts_directory = posts\n"
    "\n"
    "items_per_page = 60\n"
    "# Days without an entry after which a source is listed as inactive.\n"
    "activity_threshold = 180\n"
    "\n"
    "[gemini]\n"
    "listen = [::]:1965, 0.0.0.0:1965\n"
    "\n"
    "[gopher]\n"
    "# 70 is gopher's own port and needs root; 7070 does not.\n"
    "listen = [::]:7070, 0.0.0.0:7070\n"
    "port = 7070\n"
    "\n"
    "# One section per feed: its address in brackets, then what you want to\n"
    "# say about it. `orrery add URL` writes these for you.\n"
    "#\n"
    "# [https://blog.example.org/feed.xml]\n"
    "# name = A blog I like\n"
    "# groups = friends\n";

static const char first_post[] =
    "---\n"
    "title: A planet begins\n"
    "date: %s\n"
    "---\n"
    "\n"
    "This is the first post of a new planet. It lives in `posts/` as a plain\n"
    "Markdown file; change it, remove it, or write others beside it.\n"
    "\n"
    "What to do next:\n"
    "\n"
    "* put your name and the planet's into `planet.ini`\n"
    "* `orrery add URL` for everybody you want to read here\n"
    "* `orrery run` keeps it up to date and serves it\n";

static const char theme_note[] =
    "A file here replaces the one of the theme that has its name: front.gmi\n"
    "for the front page, and so on; orrery-theme(5) has the list.  What lies\n"
    "in static/ is copied into the capsule as it is.\n";

/* Write unless it is there. */
static int
put_new(const char *dir, const char *name, const char *text, struct error *e)
{
	char *path = file_join(dir, name);
	int rc = 0;

	if (access(path, F_OK) == 0)
		printf("kept     %s\n", path);
	else if ((rc = file_replace(path, span_str(text), 0644, false, e)) ==
	    0)
		printf("wrote    %s\n", path);
	free(path);
	return rc;
}

static int
put_dir(const char *dir, const char *name, struct error *e)
{
	char *path = file_join(dir, name);
	int rc = file_mkdirs(path, 0755, e);

	free(path);
	return rc;
}

static int
init(const char *dir, struct error *e)
{
	struct buf date = { 0 };
	char *post;
	int rc;

	date_rfc3339(&date, cmd_now());
	post = xasprintf(first_post, buf_cstr(&date));
	if ((rc = file_mkdirs(dir, 0755, e)) == 0 &&
	    (rc = put_new(dir, "planet.ini", planet_ini, e)) == 0 &&
	    (rc = put_dir(dir, "posts", e)) == 0 &&
	    (rc = put_new(dir, "posts/a-planet-begins.md", post, e)) == 0 &&
	    (rc = put_dir(dir, "theme/static", e)) == 0)
		rc = put_new(dir, "theme/README", theme_note, e);
	free(post);
	buf_free(&date);
	return rc;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : ".";
	struct error e = { 0 };

	(void)g;
	if (dir[0] == '-' || argc > 2)
		return cmd_unexpected(&cmd_init, argv[dir[0] == '-' ? 1 : 2]);
	if (init(dir, &e) != 0)
		return cmd_fail(&e);
	if (strcmp(dir, ".") == 0)
		printf("\nNext: orrery run\n");
	else
		printf("\nNext: cd %s && orrery run\n", dir);
	return EX_OK;
}

const struct command cmd_init = {
	.name = "init",
	.usage = "init [DIR]",
	.summary = "make a planet directory that works at once",
	.help = "Nothing that is there already is overwritten.\n",
	.run = run,
};

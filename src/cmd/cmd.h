/*
 * cmd.h - a command is one function in a table.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"

#define ORRERY_VERSION	"0.1.0"
#define CONFIG_DEFAULT	"planet.ini"

/* Options before or after the command name that every command takes. */
struct cmd_global {
	const char	*config;	/* -c FILE; CONFIG_DEFAULT */
	bool		 quiet, json;
	int		 verbose;
	bool		 no_color;	/* NO_COLOR, or not a terminal */
	bool		 tty;		/* standard error is a terminal */
};

struct command {
	const char	*name;
	const char	*usage;		/* "update [--all] [--feed PATTERN]" */
	const char	*summary;	/* one line for `orrery help` */
	const char	*help;		/* options, a line each, for help COMMAND */
	/* argv[0] is the command's name; returns a sysexits code. */
	int		(*run)(const struct cmd_global *g, int argc, char **argv);
};

/* Each command's file defines one or more of these; main.c lists them. */
extern const struct command cmd_init, cmd_add, cmd_remove, cmd_import,
    cmd_export, cmd_update, cmd_publish, cmd_serve, cmd_run, cmd_check,
    cmd_status, cmd_filter, cmd_search, cmd_cert, cmd_mirror, cmd_forget,
    cmd_backup, cmd_restore, cmd_convert, cmd_parse, cmd_pins, cmd_book;

/* Load g->config, printing every problem; NULL after a fatal one, with
 * *code set to the exit status (EX_CONFIG, EX_NOINPUT). */
struct config *cmd_config(const struct cmd_global *g, int *code);
/*
 * Become `user` of [server] when started as root, before anything of the
 * state is made or changed, so that what root does by hand still belongs to
 * the user of the service (threat O14).  Returns EX_OK, or a code with the
 * reason printed.  There is no way back.
 */
int	cmd_become(const struct config *c);
/* The path of the store ("cache_directory/orrery.db"); caller frees. */
char	*cmd_store_path(const struct config *c);
char	*cmd_search_path(const struct config *c);
/*
 * Call each with every served name and its certificate's and key's files;
 * made: orrery makes them when they are not there.
 */
void	cmd_certificates(const struct config *c, void (*each)(const char *host,
	    const char *cert, const char *key, bool made, void *arg),
	    void *arg);
/* Print "orrery: message" from e; return the sysexits code for its status. */
int	cmd_fail(const struct error *e);
/* "orrery COMMAND: what is wrong" and a hint; returns EX_USAGE. */
int	cmd_usage(const struct command *c, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/*
 * The same for an argument that a command has no use for: an option it does
 * not know (with the one that was probably meant), one without its value, or
 * a word too many.
 */
int	cmd_unexpected(const struct command *c, const char *arg);
/* The time now: ORRERY_NOW (seconds) when set, for tests; else time(2). */
int64_t	cmd_now(void);

#endif

/*
 * pcasctl/plugin.h - the border between pcasctl and a subcommand plugin, ABI 1.1.
 *
 * This is all that a plugin needs besides the C library. It compiles as C11 and as C++11 or later, on Linux, with any
 * compiler that understands GNU attributes. C++ authors will want <pcasctl/plugin.hpp>, a header-only wrapper on this
 * file that is no part of the ABI.
 *
 * What a plugin is
 *   One shared library that serves one subcommand. The library of `pcasctl hello` is called `hello.so` and lies in a
 *   plugin directory (`pcasctl plugins` shows them). It holds two things:
 *     1. a manifest, PCASCTL_MANIFEST({...}): JSON in an ELF note. It says which command this is and which options it
 *        takes. The host reads it from the file, so help, completion, listing and the parsing of the command line
 *        never run a plugin's code.
 *     2. an entry, PCASCTL_ENTRY: one exported constant of type pcasctl_plugin that holds the functions which do the
 *        work.
 *
 * The life of a plugin, in order
 *     found      the file is there; nobody but root and the user can write to it
 *     read       the note is read and checked: its ABI major is the host's, its manifest is in order
 *     parsed     command line, environment and configuration file are read by the manifest's options; wrong usage
 *                ends here
 *     loaded     dlopen(); static initialisers run
 *     create()   once; may refuse
 *     run()      once, if create() succeeded
 *     destroy()  once, if create() succeeded
 *   create, run and destroy are called one after the other on one thread, the process's main thread. If create()
 *   refuses, nothing more is called. The library is never unloaded. Today's host makes one instance in a process; keep
 *   state in the instance rather than in globals, so that a later one may make another.
 *
 * Rules that hold everywhere
 *   - Nothing is thrown across the border, in either direction. A plugin in C++ stops every exception first
 *     (plugin.hpp does it).
 *   - Whoever made a piece of memory frees it. A string given to a function is borrowed for the length of the call:
 *     copy what you keep. A string that the host gives stays valid, unless its function says otherwise, until
 *     destroy() has returned.
 *   - Text ends with NUL and is UTF-8, save for option values and what else the user wrote. No pointer may be NULL
 *     unless its description says so: that holds for functions in a structure as well, as far as its size reaches.
 *   - A host function may be called from create, run and destroy, and from threads that the plugin started and joins
 *     before run returns, if the function is marked [any thread]; [main thread] ones only from the thread that called
 *     create. Several threads may be in such functions at the same time. None of them calls back into the plugin. None
 *     may be called from a signal handler, a static initialiser, or the child of a fork().
 *   - Give a host function the very pointer that create and run were given, and keep pointers to structures of the
 *     other side, never copies of them: only the original is as long as its size says.
 *   - A plugin leaves signal handlers, the locale, the working directory and the standard streams as they are, does not
 *     block SIGINT and SIGTERM on the main thread, and ends by returning, never by exit(). Results go through the output
 *     service, messages through the log service.
 *   - Structures are laid out as the platform's C ABI does it, without packing; enumerations never cross, only the int
 *     that holds their value. A library serves the architecture that it was built for.
 *
 * How this file may change (see sdk/ABI.md)
 *   Every structure that crosses begins with its size. A newer version adds members at the end only; read a member
 *   only if PCASCTL_HAS(pointer, member) says that the other side has it. New services get new names. A change that
 *   would break a plugin gets a new major version, a new entry symbol and a note type of its own, so that one library
 *   can serve both.
 */
#ifndef PCASCTL_PLUGIN_H
#define PCASCTL_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ABI that this header describes. Same major: works together, whichever side is older. Other major: refused before
 * any code runs. */
#define PCASCTL_ABI_MAJOR 1
#define PCASCTL_ABI_MINOR 1

/* Does the structure behind `pointer`, which may come from an older build, have `member`? */
#define PCASCTL_HAS(pointer, member)                                                                                   \
    ((pointer)->size                                                                                                   \
     >= (size_t)((const char *)(&(pointer)->member) - (const char *)(pointer)) + sizeof((pointer)->member))

/* ---- What run() returns ----------------------------------------------------------------------------------------- */

/*
 * The exit code of the process. A plugin may use other values up to 125 for outcomes of its own; the host treats a
 * value out of range as PCASCTL_EXIT_FAILED and says so.
 */
enum {
    PCASCTL_EXIT_DONE = 0,    /* all that was asked for is done */
    PCASCTL_EXIT_PARTIAL = 1, /* done, but parts of it failed and were reported */
    PCASCTL_EXIT_USAGE =
        2, /* the options make no sense together; the host itself uses it for what the manifest rules out */
    PCASCTL_EXIT_FAILED = 3, /* could not start, or had to give up */
    PCASCTL_EXIT_CANCELLED =
        -1 /* stopped because cancellation was requested: the process exits with 128 + the signal's number */
};

/* ---- The host, as a plugin sees it ------------------------------------------------------------------------------ */

/*
 * Made by the host, valid from before create() until after destroy(). Every function takes the same pointer back as its
 * first argument.
 */
typedef struct pcasctl_host pcasctl_host;
struct pcasctl_host {
    size_t size;         /* of this structure as the host knows it */
    uint32_t abi_major;  /* the host's PCASCTL_ABI_MAJOR */
    uint32_t abi_minor;  /* the host's PCASCTL_ABI_MINOR: may be lower or higher than the plugin's */
    const char *version; /* of pcasctl, for messages only: "0.1.0" */
    const char *command; /* the subcommand's name, as the user typed it */
    void *context;       /* the host's own */

    /*
     * The service called `id` (one of the PCASCTL_*_SERVICE names below), or NULL if this host has none of that name: a
     * plugin that can do without it then does. The pointer is to be cast to the service's structure; it is valid as
     * long as the host is, and the same every time. Names are compared by their characters: a literal from any
     * header does. [any thread]
     */
    const void *(*get_service)(const pcasctl_host *host, const char *id);

    /*
     * Says why create() or run() is about to fail: one line for the user - what was wrong, with which value, and what
     * to do next. The host shows it as the command's error message when the function has returned; a later call
     * replaces an earlier one. Control characters are shown escaped. Without a failure it is forgotten. [any thread]
     */
    void (*fail)(const pcasctl_host *host, const char *message);
};

/* ---- Options: the values of what the manifest declares ---------------------------------------------------------- */

#define PCASCTL_OPTIONS_SERVICE "pcasctl.options/1"

/* Where an option's value came from. The first of these that has one wins. */
enum {
    PCASCTL_SOURCE_NONE = 0, /* nowhere: the option has no value */
    PCASCTL_SOURCE_COMMAND_LINE = 1,
    PCASCTL_SOURCE_ENVIRONMENT = 2,
    PCASCTL_SOURCE_FILE = 3, /* the configuration file */
    PCASCTL_SOURCE_DEFAULT = 4
};

/*
 * All functions: `name` is the long name in the manifest, without dashes. Values have passed the manifest's checks, so
 * there is no error to handle but one's own: a name that the manifest lacks, or a value asked for by another type than
 * the declared one, ends the command with a message that says so, after run() has returned. [any thread]
 */
typedef struct pcasctl_options {
    size_t size;

    /* How many values there are: 0 for an option that was not given and has no default; above 1 only for a repeatable
     * one. */
    size_t (*count)(const pcasctl_host *host, const char *name);

    /* One of PCASCTL_SOURCE_*. */
    int (*source)(const pcasctl_host *host, const char *name);

    /* Value number `index` as text, whatever the type; NULL where index >= count. As the user gave it: the bytes of a
     * file's name, for one, need not be UTF-8. */
    const char *(*text)(const pcasctl_host *host, const char *name, size_t index);

    /* Value number `index` of an "integer" option, or of a "duration" in milliseconds; 0 where index >= count. */
    int64_t (*integer)(const pcasctl_host *host, const char *name, size_t index);

    /* Value number `index` of a "number" option; 0 where index >= count. */
    double (*number)(const pcasctl_host *host, const char *name, size_t index);

    /* A "flag" option: 1 if it is set, 0 if not. */
    int (*flag)(const pcasctl_host *host, const char *name);
} pcasctl_options;

/* ---- Log: messages for the user, on stderr ---------------------------------------------------------------------- */

#define PCASCTL_LOG_SERVICE "pcasctl.log/1"

enum {
    PCASCTL_LOG_TRACE = 0,
    PCASCTL_LOG_DEBUG = 1,
    PCASCTL_LOG_INFO = 2,
    PCASCTL_LOG_WARNING = 3,
    PCASCTL_LOG_ERROR = 4
};

/* A fact beside a message: shown as key=value in text, as a member in JSON. This structure never grows. */
typedef struct pcasctl_log_field {
    const char *key;   /* lower case letters, digits and underscores */
    const char *value; /* any text; control characters and invalid UTF-8 are shown escaped */
} pcasctl_log_field;

/* The user chooses what is shown, and how, with --log-level, --log-format, --quiet and --verbose. Never log a secret.
 * [any thread] */
typedef struct pcasctl_log {
    size_t size;

    /* 1 if a message of this level would be shown, else 0: ask before building an expensive one. */
    int (*enabled)(const pcasctl_host *host, int level);

    /* Writes one message. `fields` may be NULL if `field_count` is 0. Control characters in `message` are shown
     * escaped. */
    void (*write)(const pcasctl_host *host, int level, const char *message, const pcasctl_log_field *fields,
                  size_t field_count);
} pcasctl_log;

/* ---- Cancellation: Ctrl-C and SIGTERM --------------------------------------------------------------------------- */

#define PCASCTL_CANCEL_SERVICE "pcasctl.cancel/1"

/*
 * The first SIGINT, SIGTERM or SIGHUP asks the command to stop: finish what is in flight, say what was done, return
 * PCASCTL_EXIT_CANCELLED. A second one ends the process at once. [any thread]
 */
typedef struct pcasctl_cancel {
    size_t size;

    /* The number of the signal that asked for the stop, or 0 as long as nobody has. */
    int (*requested)(const pcasctl_host *host);

    /* A file descriptor that becomes, and stays, readable when the stop is asked for: for poll(). The host owns it;
     * never read or close it. */
    int (*descriptor)(const pcasctl_host *host);
} pcasctl_cancel;

/* ---- Output: the command's result, on stdout -------------------------------------------------------------------- */

#define PCASCTL_OUTPUT_SERVICE "pcasctl.output/1"

enum { PCASCTL_OUTPUT_TEXT = 0, PCASCTL_OUTPUT_JSON = 1 };

typedef struct pcasctl_output {
    size_t size;

    /* PCASCTL_OUTPUT_TEXT or PCASCTL_OUTPUT_JSON, as the user chose with --output: the result is to be given in this
     * form. [any thread] */
    int (*format)(const pcasctl_host *host);

    /*
     * Appends `length` bytes to the result, whole, and flushes them. Returns 1, or 0 if stdout cannot take them
     * (closed, disk full): the host then reports it and turns an exit code of 0 into PCASCTL_EXIT_FAILED; the plugin
     * need only stop writing. [any thread]
     */
    int (*write)(const pcasctl_host *host, const char *bytes, size_t length);
} pcasctl_output;

/* ---- Terminal: whom the command talks to ------------------------------------------------------------------------ */

#define PCASCTL_TERMINAL_SERVICE "pcasctl.terminal/1"

enum { PCASCTL_STDIN = 0, PCASCTL_STDOUT = 1, PCASCTL_STDERR = 2 };

typedef struct pcasctl_terminal {
    size_t size;

    /* 1 if `stream` (PCASCTL_STDIN, _STDOUT, _STDERR) is a terminal, else 0. [any thread] */
    int (*interactive)(const pcasctl_host *host, int stream);

    /* 1 if colour and other escape sequences are welcome on `stream`: a terminal, and neither NO_COLOR nor TERM=dumb is
     * set. [any thread] */
    int (*colour)(const pcasctl_host *host, int stream);

    /* The terminal's width in columns; 80 where there is none. May change while the command runs. [any thread] */
    int (*columns)(const pcasctl_host *host);
} pcasctl_terminal;

/* ---- Progress: how far the command has come, on stderr, since 1.1 ----------------------------------------------- */

#define PCASCTL_PROGRESS_SERVICE "pcasctl.progress/1"

/* The total of a task when nobody knows how much there is to do. */
enum { PCASCTL_TOTAL_UNKNOWN = -1 };

/*
 * The plugin says what is done; the host decides whether and how it is shown. On a terminal: one live line that stands
 * below the log and the result and goes when the task ends. Elsewhere, and with --log-format json: a log message of
 * level info for a task that takes long, every ten seconds. With --quiet: nothing.
 *
 * Tasks may be nested, and several may be under way at once; what is shown is the one that was begun last. The host
 * shows something only while one of these functions is called: it starts no thread for it. [any thread]
 */
typedef struct pcasctl_progress {
    size_t size;

    /*
     * Begins a task. `label` says what is being done ("Counting"), `unit` is what is counted, in the plural ("files");
     * amounts of "bytes" are shown as KiB, MiB and so on. `total` is how many there are, or PCASCTL_TOTAL_UNKNOWN.
     * Returns the task's number, above 0, for the other functions.
     */
    int (*begin)(const pcasctl_host *host, const char *label, const char *unit, int64_t total);

    /*
     * `done` of `total` are done: both counted from the start of the task, not since the last call, and `total` as it is
     * known by now. Cheap, so call it as often as `done` changes. The number of a task that has ended, or was never
     * begun, is ignored.
     */
    void (*update)(const pcasctl_host *host, int task, int64_t done, int64_t total);

    /* Ends the task, whether or not all is done. One that is still under way when destroy() has returned is ended by
     * the host. */
    void (*end)(const pcasctl_host *host, int task);
} pcasctl_progress;

/* ---- Directories: where the command keeps its files, since 1.1 -------------------------------------------------- */

#define PCASCTL_DIRECTORIES_SERVICE "pcasctl.directories/1"

/* By the XDG Base Directory Specification, a directory of the command's own: ~/.config/pcasctl/hello/, ... */
enum {
    PCASCTL_DIRECTORY_CONFIG = 0, /* XDG_CONFIG_HOME: what the user wrote or chose */
    PCASCTL_DIRECTORY_STATE = 1,  /* XDG_STATE_HOME: what should outlive a call, but can be done without */
    PCASCTL_DIRECTORY_CACHE = 2   /* XDG_CACHE_HOME: what may be deleted at any time */
};

typedef struct pcasctl_directories {
    size_t size;

    /*
     * The absolute path of the directory of this kind (PCASCTL_DIRECTORY_*), without a slash at its end. It is made if
     * it is not there, with mode 0700, as are those above it. NULL if there can be none (no home, a read-only disk, a
     * place where other users can write, a kind that this host does not know): *reason, unless `reason` is NULL, is
     * then one line for the user, else NULL. A command that can do without goes on; others give the reason to
     * host->fail(). Both strings are valid until destroy() has returned. [any thread]
     */
    const char *(*path)(const pcasctl_host *host, int kind, const char **reason);
} pcasctl_directories;

/* ---- Configuration: what the user wrote beyond the options, since 1.1 ------------------------------------------- */

#define PCASCTL_CONFIG_SERVICE "pcasctl.config/1"

/*
 * Options have fixed names; what has names of the user's choosing - aliases, profiles, one server after the other -
 * stands in the configuration file as a table, which is a section [<command>.<table>] of `name = value` lines:
 *
 *     [hello.friends]
 *     ada = Ada Lovelace
 *
 * A table is any name that a section can have. Its entries are in the file's order, and nothing about them was checked:
 * that is the plugin's affair. Options, which have a type and other sources, come by the options service only.
 * [any thread]
 */
typedef struct pcasctl_config {
    size_t size;

    /* The path of the configuration file that was read, for messages, or NULL if there is none. */
    const char *(*file)(const pcasctl_host *host);

    /* How many entries the table has: 0 if it is not there. */
    size_t (*count)(const pcasctl_host *host, const char *table);

    /* The name, and the value, of entry number `index`; NULL where index >= count. */
    const char *(*name)(const pcasctl_host *host, const char *table, size_t index);
    const char *(*value)(const pcasctl_host *host, const char *table, size_t index);
} pcasctl_config;

/* ---- The plugin, as the host sees it ---------------------------------------------------------------------------- */

/* Define exactly one, with PCASCTL_ENTRY. All [main thread]. */
typedef struct pcasctl_plugin {
    size_t size; /* sizeof(pcasctl_plugin) where the plugin was compiled */

    /*
     * Makes the command ready. Stores what run and destroy shall get in *instance (NULL until then, and may stay so).
     * Returns 1, or 0 to refuse, after host->fail() with the reason; what it has made so far is then the plugin's to
     * clean up before it returns, for destroy is not called and *instance not looked at. May be NULL: nothing to make.
     */
    int (*create)(const pcasctl_host *host, void **instance);

    /* Does the work. Returns an exit code; one other than 0 and PCASCTL_EXIT_PARTIAL is best explained with
     * host->fail(). Required. */
    int (*run)(const pcasctl_host *host, void *instance);

    /* Gives back what create made, also after run failed. May be NULL: nothing to give back. */
    void (*destroy)(const pcasctl_host *host, void *instance);
} pcasctl_plugin;

/* The entry symbol, for those who look it up. */
#define PCASCTL_ENTRY_SYMBOL "pcasctl_plugin_1"

/*
 * The entry: PCASCTL_ENTRY = {sizeof(pcasctl_plugin), create, run, destroy};
 * It is the only symbol that a plugin should export (link with pcasctl-plugin.map, which is installed beside the
 * pkg-config file).
 */
#ifdef __cplusplus
#define PCASCTL_ENTRY extern "C" __attribute__((visibility("default"), used)) const pcasctl_plugin pcasctl_plugin_1
#else
#define PCASCTL_ENTRY __attribute__((visibility("default"), used)) const pcasctl_plugin pcasctl_plugin_1
#endif

extern __attribute__((visibility("default"))) const pcasctl_plugin pcasctl_plugin_1;

/* ---- The manifest ----------------------------------------------------------------------------------------------- */

/*
 * PCASCTL_MANIFEST({ ... }) at file scope, once: a JSON object, written as it is (the preprocessor turns it into a
 * string).
 *
 *   "command"      required. Lower case letters, digits and inner dashes, at most 64; the file must be called
 *                  <command>.so.
 *   "version"      required. The plugin's own version, any short text.
 *   "requires"     The oldest pcasctl that the plugin works with, "1.2.0": an older one refuses it, before any of its
 *                  code runs. Only for a plugin that can do nothing without what came with that version.
 *   "summary"      required. One line, no full stop: shown in `pcasctl --help`.
 *   "description"  What the command does, for its help. An array of paragraphs.
 *   "options"      An array of objects:
 *       "name"        required. Long name, without dashes: lower case letters, digits and inner dashes, at most 64.
 *       "short"       One letter or digit.
 *       "type"        "string" (the default), "flag", "integer", "number", "duration" (such as 250ms, 5s, 2m, 1h) or
 *                     "choice".
 *       "value"       What stands for the value in help: "FILE". Default: the name in capitals.
 *       "help"        required. What it does: a sentence or a few, without the default, which the host adds.
 *       "default"     The value if none is given, as a JSON string, in the form in which a user would type it.
 *       "required"    true: the command needs it, from whichever source.
 *       "env"         Name of an environment variable to read it from.
 *       "minimum", "maximum"
 *                     Bounds of an integer, a number or a duration (strings such as "10s" for the latter); inclusive.
 *       "choices"     The values that a "choice" may have.
 *       "repeatable"  true: may be given several times; the values add up, in order, within the winning source.
 *       "positional"  true: may be given without its name as well; in the order of declaration, a repeatable one last.
 *       "secret"      true: the value is never shown, in no message, help, or listing.
 *       "complete"    What a shell may complete for the value: "file" or "directory".
 *       "group"       Heading under which help lists it. Default: "Options".
 *   "examples"     An array of {"text": "what it shows", "command": "pcasctl hello --name Ada"}.
 *   "exit_codes"   An array of {"code": 0, "meaning": "..."}, for help.
 *   For the manual page, since 1.1:
 *   "environment"  An array of {"name": "PGHOST", "meaning": "..."}: variables that matter besides those of options.
 *   "files"        An array of {"path": "~/.pgpass", "meaning": "..."}.
 *   "see_also"     An array of other manual pages: "psql(1)".
 *
 * Unknown members are ignored: a newer manifest serves an older host. The names that the host takes for every command
 * are reserved, long and short: help h, quiet q, verbose v, log-level, log-format, output, config, plugin-dir, version.
 * Should a later host take further names, a plugin that declares one keeps it.
 */
#define PCASCTL_MANIFEST(...) PCASCTL_MANIFEST_NOTE_(#__VA_ARGS__)

/* The owner's name in the note. The note's type is the ABI's major version. */
#define PCASCTL_NOTE_NAME "pcasctl"

/* A sanitizer's red zone would stand in the note; only clang puts one there, and only clang knows how to be told. */
#ifdef __clang__
#define PCASCTL_PLAIN_ __attribute__((no_sanitize("address")))
#else
#define PCASCTL_PLAIN_
#endif

/* The note: ELF's header of three words and a name, then the descriptor: two words of ABI version and the JSON with its
 * NUL. */
#define PCASCTL_MANIFEST_NOTE_(json_text)                                                                              \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Woverlength-strings\"") PCASCTL_PLAIN_           \
        __attribute__((section(".note.pcasctl"), used, aligned(4))) static const struct {                              \
        uint32_t name_size;                                                                                            \
        uint32_t descriptor_size;                                                                                      \
        uint32_t type;                                                                                                 \
        char name[sizeof(PCASCTL_NOTE_NAME)];                                                                          \
        uint32_t abi_major;                                                                                            \
        uint32_t abi_minor;                                                                                            \
        char json[sizeof(json_text)];                                                                                  \
    } pcasctl_manifest_note_ = {sizeof(PCASCTL_NOTE_NAME),                                                             \
                                8 + (uint32_t)sizeof(json_text),                                                       \
                                PCASCTL_ABI_MAJOR,                                                                     \
                                PCASCTL_NOTE_NAME,                                                                     \
                                PCASCTL_ABI_MAJOR,                                                                     \
                                PCASCTL_ABI_MINOR,                                                                     \
                                json_text};                                                                            \
    _Pragma("GCC diagnostic pop") struct pcasctl_manifest_ends_with_a_semicolon_

#ifdef __cplusplus
}
#endif

#endif

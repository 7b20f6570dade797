// Manual pages: what they say, and that a manifest cannot say anything else with them. They are read by mandoc here, as by
// many a user.
#include "manual.hpp"
#include "mdoc.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace host;

namespace {

constexpr std::time_t november_24th = 1795478400;

Manifest sample() {
    Option rows{.name = "max-rows",
                .short_name = 'n',
                .type = OptionType::integer,
                .value_name = "N",
                .help = "How many rows.",
                .environment = "ROWS",
                .group = "Speed"};
    rows.default_value = "10";
    return {.command = "demo",
            .summary = "Show the page",
            .description = {"One. Two.", "Three."},
            .options =
                {{.name = "source", .short_name = 's', .value_name = "FILE", .help = "What to read.", .required = true},
                 rows,
                 {.name = "files", .value_name = "FILE", .help = "Files.", .repeatable = true, .positional = true}},
            .examples = {{"Read it", "pcasctl demo -s '~/x'"}},
            .exit_codes = {{0, "done"}, {4, "four"}},
            .environment = {{"PGHOST", "Where the server is."}},
            .files = {{"~/.pgpass", "Passwords."}},
            .see_also = {{"5", "passwd"}, {"1", "psql"}}};
}

std::string page_of(const Manifest &manifest) {
    return command_manual(manifest, {}, november_24th);
}

std::string mandoc(const std::vector<std::string> &options, const std::string &source) {
    std::vector<std::string> argv = {"mandoc"};
    argv.insert(argv.end(), options.begin(), options.end());
    const support::Result result = support::run(argv, {.input = source});
    return result.out + result.err;
}

std::string complaints(const std::string &source) {
    return mandoc({"-T", "lint", "-W", "warning"}, source);
}

// As it is shown, with one blank where there are many, and without the backspaces of bold letters.
std::string shown(const std::string &source) {
    const support::Result result =
        support::run({"sh", "-c", "mandoc -T utf8 -O width=990 | LC_ALL=C.UTF-8 sed -e 's/.\b//g' -e 's/  */ /g'"},
                     {.input = source});
    return result.out + result.err;
}

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

// One that says `text` wherever a manifest can say something.
Manifest saying(const std::string &text) {
    Option option{
        .name = "option", .value_name = text, .help = text, .required = true, .environment = "X", .group = text};
    option.type = OptionType::choice;
    option.choices = {text};
    Option word = option;
    word.name = "word";
    word.positional = true;
    return {.command = "hostile",
            .summary = text,
            .description = {text, "Then " + text},
            .options = {option, word},
            .examples = {{text, text}},
            .exit_codes = {{1, text}},
            .environment = {{text, text}},
            .files = {{text, text}}};
}

} // namespace

TEST_CASE("a page has the sections of a manual, made from the manifest") {
    CHECK(page_of(sample()) == R"(.Dd November 24, 2026
.Dt PCASCTL-DEMO 1
.Os pcasctl )" PCASCTL_VERSION R"(
.Sh NAME
.Nm pcasctl-demo
.Nd Show \&the page
.Sh SYNOPSIS
.Nm pcasctl
.Cm demo
.Fl "\&\-source" Ar FILE
.Op Ar options
.Op Ar FILE ...
.Sh DESCRIPTION
One.
Two.
.Pp
Three.
.Sh OPTIONS
.Bl -tag -width Ds
.It Fl "\&s" , Fl "\&\-source" Ar FILE
What to read.
(required)
.It Fl "\&\-files" Ar FILE
Files.
(repeatable)
.El
.Ss Speed
.Bl -tag -width Ds
.It Fl "\&n" , Fl "\&\-max\-rows" Ar "\&N"
How many rows.
(default 10; environment ROWS)
.El
.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev ROWS
The value of \-\-max\-rows, if the command line has none.
.It Ev PGHOST
Where the server is.
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa "\&\(ti/.pgpass"
Passwords.
.It Pa "\&\(ti/.config/pcasctl/pcasctl.ini"
Configuration: values of the options above, by their long names, in the
section [demo], and of the common ones in [pcasctl].
.El
.Sh EXIT STATUS
.Bl -tag -width Ds
.It "\&0"
done
.It "\&4"
four
.El
.Sh EXAMPLES
Read it:
.Bd -literal -offset indent
pcasctl demo \-s \(aq\(ti/x\(aq
.Ed
.Sh SEE ALSO
.Xr pcasctl 1 ,
.Xr psql 1 ,
.Xr passwd 5
)");
    CHECK(complaints(page_of(sample())) == "");
    CHECK(contains(shown(page_of(sample())), " pcasctl demo -s '~/x'\n"));
}

TEST_CASE("the page of pcasctl lists commands, and says all of those that have no page") {
    Manifest own = sample();
    own.command = "shop new";
    const std::string page =
        host_manual({{sample(), true}, {own, false}},
                    {{.name = "quiet", .type = OptionType::flag, .help = "Say less."}}, november_24th);
    CHECK(complaints(page) == "");
    const std::string text = shown(page);
    for (const char *part :
         {"\n demo [FILE ...]\n Show the page. See pcasctl-demo(1).", "\n shop new [FILE ...]\n Show the page.",
          "\n -n, --max-rows N\n", "\n --quiet\n Say less.", "\n PCASCTL_PLUGIN_PATH\n",
          "\n ~/.config/pcasctl/pcasctl.ini\n", "SEE ALSO\n pcasctl-demo(1)\n"})
        CHECK_MESSAGE(contains(text, part), part);
}

TEST_CASE("whatever a manifest says is text, and no macro, escape or line of its own") {
    for (const char *text : {".Sh INJECTED",
                             "'Sh INJECTED",
                             "a\n.Sh INJECTED",
                             "\\n.Sh INJECTED",
                             "\\&.Sh",
                             "\\*(Ba \\fBx",
                             "\"",
                             "\"a\" b",
                             "Ar",
                             "Ar Fl x",
                             "No",
                             ".",
                             ",",
                             "...",
                             "- -- \\-",
                             "\\",
                             "\\\\",
                             "`it's' ^ ~",
                             "grün\xc2\xa0→ 𝄞",
                             "\x1b[2J \xff \t",
                             " ",
                             "  lead",
                             "end ",
                             "a. B! c? (d.) e",
                             "\\\"comment",
                             "\\# comment",
                             ".\\\" comment",
                             "{ } | ; :",
                             "$(x) `y`",
                             "-width Ds",
                             "1 1 .",
                             "%A",
                             ". . .",
                             "a .b .c"}) {
        CAPTURE(text);
        const std::string page = page_of(saying(text));
        CHECK(complaints(page) == "");
        CHECK(shown(page).find("\nINJECTED") == std::string::npos);
        for (std::size_t at = 0; (at = page.find("\n.Sh ", at)) != std::string::npos; at += 5)
            CHECK(page.compare(at + 5, 8, "INJECTED") != 0);
    }
}

TEST_CASE("what a manifest says is shown letter by letter") {
    const std::string text = "It's \\fBnot\\fP `bold` -- \"grün\" ~^ .Sh {x} \\n(.g";
    const std::string page = shown(page_of(saying(text)));
    CHECK(contains(page, "NAME\n pcasctl-hostile – " + text + "\n"));
    CHECK(contains(page, "DESCRIPTION\n " + text + "\n\n Then " + text + "\n"));
    CHECK(contains(page, "\n " + text + "\n " + text + "\n"));
    CHECK(contains(page, " --option " + text + "\n"));
}

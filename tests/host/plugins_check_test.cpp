// `pcasctl plugins check`: what a plugin does wrong is found, said with the way to mend it, and harms nobody.
#include "program.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

using support::Result;
using test::contains;
using test::Program;
namespace fs = std::filesystem;

namespace {

struct Checked {
    int exit_code;
    nlohmann::json report;

    // "error exports, warning summary": in the order of the report.
    std::string findings() const {
        std::string all;
        for (const auto &finding : report["findings"])
            all += (all.empty() ? "" : ", ") + finding["severity"].get<std::string>() + " "
                   + finding["id"].get<std::string>();
        return all;
    }
    std::string what() const {
        std::string all;
        for (const auto &finding : report["findings"]) all += finding["what"].get<std::string>() + "\n";
        return all;
    }
};

Checked check(const Program &program, const std::string &plugin, std::vector<std::string> words = {},
              const support::RunOptions &options = {}) {
    words.insert(words.begin(), {"plugins", "check", "--output", "json", program.file(plugin).string()});
    const Result result = program.run(words, options);
    CHECK(result.err == "");
    return {result.exit_code, nlohmann::json::parse(result.out)};
}

Checked check_unruly(const std::string &when, const std::vector<std::string> &words = {}) {
    static const Program program({"unruly"});
    return check(program, "unruly", words, {.environment = {{"UNRULY", when}}});
}

} // namespace

TEST_CASE("a plugin in order gets a clean bill, and is told what was run of it") {
    const Program program({"hello", "tally"});
    const Result result = program.run({"plugins", "check", program.file("hello").string()});
    CHECK(result.err == "");
    CHECK(result.exit_code == 0);
    const std::string abi = check(program, "hello").report["abi"];
    CHECK(result.out
          == program.file("hello").string() + ": hello 1.0.0, ABI " + abi
                 + "\n\n"
                   "Run, each time in a process of its own: load, create and destroy with its\n"
                   "defaults; load, create and destroy with the lowest values of all options; load,\n"
                   "create and destroy with the highest values of all options.\n"
                   "0 errors, 0 warnings\n");
    CHECK(check(program, "tally").findings() == "");
    CHECK(check(program, "tally").report["command"] == "tally");
}

TEST_CASE("a plugin that ends the process, hangs or prints is found out, wherever in its life it does so") {
    struct Case {
        const char *when, *id, *what;
    };
    for (const Case &expected : {
             Case{"load crash", "crash", "by signal 6 (Aborted) while it is loaded"},
             Case{"create crash", "crash", "by signal 6 (Aborted) in create, with its defaults"},
             Case{"destroy crash", "crash", "by signal 6 (Aborted) in destroy"},
             Case{"end crash", "crash", "by signal 6 (Aborted) when the process ends"},
             Case{"load exit", "exit", "it ends the process with exit code 0 while it is loaded"},
             Case{"load leave", "exit", "it ends the process with exit code 7 while it is loaded"},
             Case{"create exit", "exit", "it ends the process with exit code 0 in create"},
             Case{"load print", "output", "it writes to stdout, with its defaults: 'Here I am!"},
             Case{"create printf", "output", "it writes to stdout"},
             Case{"destroy complain", "output", "it writes to stderr, with its defaults: 'Oh dear!"},
             Case{"end print", "output", "it writes to stdout"},
             Case{"load flood", "output", "it prints without an end while it is loaded"},
             Case{"create refuse", "reason", "create refused with its defaults and gave no reason"},
         }) {
        CAPTURE(expected.when);
        const Checked checked = check_unruly(expected.when);
        CHECK(checked.exit_code == 1);
        CHECK(checked.findings() == std::string("error ") + expected.id);
        CHECK_MESSAGE(contains(checked.what(), expected.what), checked.what());
    }
}

TEST_CASE("a plugin that does not come back is ended when its time is up") {
    for (const char *when : {"load loop", "create loop", "end loop"}) {
        const Checked checked = check_unruly(when, {"--timeout", "50ms"});
        CHECK(checked.findings() == "error time");
        CHECK_MESSAGE(contains(checked.what(), "it has not come back after 0.05 s "), checked.what());
    }
}

TEST_CASE("a plugin that changes what belongs to the process is found out") {
    const std::pair<const char *, const char *> changes[] = {
        {"load signal", "loading it changes what happens on the signal 2 (Interrupt)\n"},
        {"create locale", "create changes the locale, to C.UTF-8\n"},
        {"create chdir", "create changes the working directory, to /\n"},
        {"destroy umask", "destroy changes the umask, to 000\n"},
        {"create close", "create changes what stdout leads to\n"},
    };
    for (const auto &[when, what] : changes) {
        CHECK(check_unruly(when).findings() == "error process-state");
        CHECK(check_unruly(when).what() == what);
    }
    CHECK(check_unruly("create thread").findings() == "error threads");
}

TEST_CASE("a refusal with a reason is no error, and nothing done in order is") {
    CHECK(check_unruly("create explain").findings() == "");
    CHECK(check_unruly("").findings() == "");
    CHECK(check_unruly("").exit_code == 0);
}

TEST_CASE("run is called on demand only, with the command line that is given") {
    CHECK(check_unruly("run crash").findings() == "");
    CHECK(contains(check_unruly("run crash", {"--run"}).what(), "in run, with the options that were given"));
    CHECK(check_unruly("run signal", {"--run"}).findings() == "error process-state");
    CHECK(check_unruly("run fail", {"--run"}).findings() == "error exit-code");

    const Program program({"returns"});
    CHECK(check(program, "returns", {"--run", "--", "0"}).findings() == "warning description");
    CHECK(check(program, "returns", {"--run", "--", "--code", "200"}).findings()
          == "warning description, error exit-code");
    const std::string file = program.file("returns").string();
    CHECK(program.run({"plugins", "check", "--run", file}).err
          == "pcasctl plugins check: --code is required: give CODE or --code CODE\n");
    CHECK(program.run({"plugins", "check", file, "--", "--cod", "1"}).err
          == "pcasctl plugins check: unknown option --cod; did you mean --code?\n");
}

TEST_CASE("a plugin works in an empty directory, which is gone afterwards") {
    const Program program({"unruly"});
    const support::TempDir here;
    const support::RunOptions options{.environment = {{"UNRULY", "create litter"}, {"TMPDIR", here.path().string()}},
                                      .directory = here.path()};
    CHECK(check(program, "unruly", {}, options).findings() == "");
    CHECK(fs::is_empty(here.path()));
}

TEST_CASE("exceptions that cross the border, options that are not declared and short entries are found") {
    const Program program({"throws", "short-entry", "asks"});
    CHECK(contains(check(program, "throws").what(), "plugin bug: create threw an exception across the border"));
    CHECK(contains(check(program, "short-entry").what(), "its entry says that it has 8 bytes"));
    CHECK(contains(check(program, "asks", {"--run"}).what(), "asked for the option 'knwon'"));
}

TEST_CASE("an untidy manifest, exports and references are told with the way to mend them, and nothing is run") {
    const Program program({"untidy"});
    const Checked checked = check(program, "untidy");
    CHECK(checked.findings()
          == "warning summary, warning description, warning help, warning environment, warning manifest, "
             "warning manifest, error exports, error references");
    const std::string what = checked.what();
    for (const char *part :
         {"the summary ends with '.'", "the help of --one is no sentence: 'no sentence'",
          "--one and --two both read UNTIDY", "does not know options[1].defualt; did you mean default?",
          "does not know descripton; did you mean description?", " besides its entry: ", "helper",
          "it uses function_of_some_other_library, which none of the libraries that it names has"})
        CHECK_MESSAGE(contains(what, part), part);
    CHECK(checked.report["executed"].empty());
    CHECK(contains(program.run({"plugins", "check", program.file("untidy").string()}).out,
                   "\n    To mend it: leave it out\n"));
}

TEST_CASE("what the host would refuse is not run") {
    const Program program({"constructs", "other-abi", "no-manifest"});
    const support::RunOptions marking{.environment = {{"MARK", (program.root() / "mark").string()}}};
    fs::permissions(program.file("constructs"), fs::perms(0775));
    CHECK(check(program, "constructs", {}, marking).findings() == "error trust, warning description");
    CHECK_FALSE(fs::exists(program.root() / "mark"));
    fs::permissions(program.file("constructs"), fs::perms(0755));
    CHECK(check(program, "constructs", {}, marking).exit_code == 0);
    CHECK(fs::exists(program.root() / "mark"));

    CHECK(contains(check(program, "other-abi").what(), "needs ABI 2.3"));
    CHECK(check(program, "no-manifest").findings() == "error file");
    CHECK(check(program, "no-manifest").report["executed"].empty());
    CHECK(check(program, "no-manifest").what() == "it is no pcasctl plugin: it holds no manifest (PCASCTL_MANIFEST)\n");

    std::string bytes = support::read_file(program.file("constructs"));
    bytes.replace(bytes.find("\"command\": "), 11, "\"command\"= ");
    support::write_file(program.file("constructs"), bytes);
    const std::string what = check(program, "constructs").what();
    CHECK_MESSAGE(what.rfind("its manifest is not in order: the manifest is not JSON (at byte ", 0) == 0, what);
}

TEST_CASE("a file that is not there cannot be checked") {
    const Program program({});
    const Result result = program.run({"plugins", "check", "/nonexistent/x.so"});
    CHECK(result.exit_code == 3);
    CHECK(result.err == "pcasctl plugins check: /nonexistent/x.so: cannot be opened: No such file or directory\n");
}

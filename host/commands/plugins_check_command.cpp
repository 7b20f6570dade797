// `pcasctl plugins check`: what is wrong with a plugin, for its author and for continuous integration.
#include "check/file_checks.hpp"
#include "check/report.hpp"
#include "check/trials.hpp"
#include "common_options.hpp"
#include "error.hpp"
#include "escape.hpp"
#include "output.hpp"
#include "own_commands.hpp"
#include "terminal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace host {
namespace {

namespace fs = std::filesystem;

// One of a kind: what happens with every value need not be said three times.
void add_new(check::Findings &findings, check::Findings more) {
    for (check::Finding &finding : more) {
        const bool is_known = std::any_of(findings.begin(), findings.end(), [&](const check::Finding &known) {
            return known.id == finding.id
                   && (known.what == finding.what || known.id == "output" || known.id == "crash");
        });
        if (!is_known) findings.push_back(std::move(finding));
    }
}

std::vector<std::string> words_for_the_plugin(const OwnCall &call) {
    std::vector<std::string> words;
    for (const Value &word : call.settings.at("words").values) words.push_back(word.text);
    return words;
}

void try_out(check::Report &report, const OwnCall &call) {
    const Manifest &manifest = *report.plugin.manifest;
    const std::chrono::milliseconds limit(call.settings.at("timeout").values.front().integer);
    const bool with_run = call.settings.at("run").values.size() == 1 && call.settings.at("run").values.front().flag;
    for (const check::Trial &trial : check::trials_for(manifest, words_for_the_plugin(call), with_run)) {
        add_new(report.findings, check::try_out(fs::absolute(report.file), manifest, trial, limit));
        report.executed.push_back(fmt::format(
            "{} {}", trial.with_run ? "load, create, run and destroy" : "load, create and destroy", trial.name));
    }
}

check::Report examine(const OwnCall &call) {
    const fs::path file = call.settings.at("file").values.front().text;
    std::error_code error;
    if (!fs::exists(file, error))
        throw Error(PCASCTL_EXIT_FAILED, fmt::format("{}: cannot be opened: {}", escape(file.string()),
                                                     std::strerror(error ? error.value() : ENOENT)));
    check::Report report{file, read_plugin_file(file, file.stem().string()), {}};
    report.findings = check::reasons_to_refuse(file, report.plugin);
    const bool is_refused = !report.findings.empty();
    if (report.plugin.manifest) add_new(report.findings, check::judge_manifest(*report.plugin.manifest));
    if (is_refused) return report;
    add_new(report.findings, check::judge_exports(file));
    const check::Findings references = check::judge_references(file);
    add_new(report.findings, references);
    if (references.empty()) try_out(report, call);
    return report;
}

int run(const OwnCall &call) {
    const check::Report report = examine(call);
    call.output.write(call.common.json_output ? check::report_json(report)
                                              : check::report_text(report, call.terminal.columns()));
    return check::errors_in(report) == 0 ? PCASCTL_EXIT_DONE : PCASCTL_EXIT_PARTIAL;
}

} // namespace

OwnCommand plugins_check_command() {
    Manifest manifest{.command = "plugins check",
                      .version = PCASCTL_VERSION,
                      .summary = "Judge a plugin's file before others use it",
                      .exit_codes = {{0, "no errors; there may be warnings"},
                                     {1, "at least one error was found"},
                                     {2, "wrong usage"},
                                     {3, "the file could not be checked"}}};
    manifest.description = {"Reads the file as pcasctl would: whether it may be trusted, its ABI, manifest, exports "
                            "and references. Then loads it and calls its create "
                            "and destroy, in processes of their own and an empty directory, with default values and "
                            "with values at the options' bounds: it may not "
                            "crash, exit, hang, print, or change what belongs to the process.",
                            "run does the command's real work, so it is not called unless --run asks for it; the words "
                            "after -- are then its command line.",
                            "A file that pcasctl would refuse is not run at all."};
    manifest.options = {
        {.name = "file",
         .value_name = "FILE",
         .help = "The plugin's library, called after its command: hello.so.",
         .required = true,
         .positional = true,
         .complete = Completion::file},
        {.name = "words",
         .value_name = "WORD",
         .help = "A command line for the plugin, after --.",
         .repeatable = true,
         .positional = true},
        {.name = "run", .type = OptionType::flag, .help = "Call run as well: the command does its work."},
        {.name = "timeout",
         .type = OptionType::duration,
         .value_name = "DURATION",
         .help = "How long the plugin may take each time."}};
    manifest.options.back().default_value = "10s";
    manifest.options.back().minimum = Value{.text = "1ms", .integer = 1};
    manifest.examples = {
        {"Before it is installed", "pcasctl plugins check build/hello.so"},
        {"With its work, for which it needs an option", "pcasctl plugins check --run build/hello.so -- --name Ada"},
        {"In continuous integration", "pcasctl plugins check --output json build/hello.so"}};
    return {manifest, run};
}

} // namespace host

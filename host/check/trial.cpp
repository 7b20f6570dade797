#include "trial.hpp"

#include "cancellation.hpp"
#include "error.hpp"
#include "log.hpp"
#include "output.hpp"
#include "plugin.hpp"
#include "process_state.hpp"
#include "progress.hpp"
#include "services.hpp"
#include "terminal.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstring>
#include <fcntl.h>

namespace host::check {
namespace {

// What the child says of itself: the stage that begins, or something that is not as it should be.
constexpr const char *stage_word = "stage";
constexpr const char *last_stage = "the end of the process";

const char *why_state = "It belongs to the whole process; the host and its services rely on it.";

void tell_stage(const Teller &teller, const char *stage) {
    teller.tell(nlohmann::json{{stage_word, stage}}.dump());
}

void tell(const Teller &teller, const std::string &id, const std::string &what, const std::string &why,
          const std::string &mend) {
    const nlohmann::json finding = {{"id", id}, {"what", what}, {"why", why}, {"mend", mend}};
    teller.tell(finding.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

// The plugin's life, in the child. The host is as it is for a real run, but what it would print goes nowhere.
class Life {
public:
    Life(const std::filesystem::path &file, const Manifest &manifest, const Trial &trial, const Teller &teller)
        : file_(file), trial_(trial), teller_(teller), log_(quiet_, manifest.command, false, line_),
          services_({manifest.command, trial.settings, quiet_, no_file_, environment_, terminal_, cancellation_, log_,
                     progress_, output_}) {}

    void live() {
        try {
            stages();
        } catch (const Error &error) {
            tell(teller_, "rule", error.what(), "The host ends the command with this message.",
                 "keep to the rules in <pcasctl/plugin.h>; in C++, <pcasctl/plugin.hpp> keeps most of them for you");
        }
        tell_stage(teller_, last_stage);
    }

private:
    void stages() {
        const std::size_t threads = threads_of_this_process();
        tell_stage(teller_, "loading");
        LoadedPlugin plugin(file_);
        compare("loading it");
        tell_stage(teller_, "create");
        const bool created = plugin.create(services_);
        compare("create");
        check_services();
        if (!created) return check_refusal();
        if (trial_.with_run) run(plugin);
        tell_stage(teller_, "destroy");
        plugin.destroy(services_);
        compare("destroy");
        check_services();
        if (threads_of_this_process() > threads)
            tell(teller_, "threads", "a thread that it started still runs after destroy",
                 "The host's functions may not be called any more, and the process ends under the thread's feet.",
                 "stop and join every thread in run or in destroy");
    }

    void run(LoadedPlugin &plugin) {
        tell_stage(teller_, "run");
        const int code = plugin.run(services_);
        compare("run");
        check_exit_code(code);
    }

    void check_exit_code(int code) {
        try {
            exit_code_from(code, services_);
        } catch (const Error &error) {
            if (!services_.reason())
                tell(teller_, "exit-code", fmt::format("run returned {}: {}", code, error.what()),
                     "The user is left without an explanation.",
                     "return 0 to 125, and say with host->fail() why the command failed");
        }
    }

    void check_services() {
        if (const auto mistake = services_.mistake())
            tell(teller_, "options", "it " + *mistake, "The host fails the command for it.",
                 "ask for what the manifest declares, by the function for the declared type");
    }

    void check_refusal() {
        if (!services_.reason())
            tell(teller_, "reason", fmt::format("create refused {} and gave no reason", trial_.name),
                 "The user is told that the command failed, and not why.", "call host->fail() before create returns 0");
    }

    void compare(const char *stage) {
        const ProcessState now;
        for (const std::string &change : before_.changes_to(now))
            tell(teller_, "process-state", fmt::format("{} changes {}", stage, change), why_state,
                 "leave it as it is; <pcasctl/plugin.h> says what serves instead (cancellation, log, output)");
        before_ = now;
    }

    const std::filesystem::path &file_;
    const Trial &trial_;
    const Teller &teller_;
    const Common quiet_{.log_level = LogLevel::off};
    const ConfigFile no_file_;
    // Directories that it asks the host for are made where the child works.
    const Environment environment_{{{"HOME", std::filesystem::current_path().string()}}};
    const Terminal terminal_{environment_};
    LiveLine line_{terminal_};
    Cancellation cancellation_;
    Output output_{terminal_, line_, ::open("/dev/null", O_WRONLY | O_CLOEXEC)};
    Log log_;
    Progress progress_{quiet_, log_, line_};
    Services services_;
    ProcessState before_;
};

struct Told {
    std::string stage = "the start of the process";
    Findings findings;
};

// What the child told; a line that is not from us is no line.
Told read(const std::vector<std::string> &lines) {
    Told told;
    for (const std::string &line : lines) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object()) continue;
        if (json.contains(stage_word))
            told.stage = json.value(stage_word, "");
        else
            told.findings.push_back({Severity::error, json.value("id", ""), json.value("what", ""),
                                     json.value("why", ""), json.value("mend", "")});
    }
    return told;
}

// "loading" -> "while it is loaded"
std::string during(const std::string &stage) {
    if (stage == "loading") return "while it is loaded (static initialisers, constructors of globals)";
    if (stage == last_stage) return "when the process ends (static destructors, exit handlers)";
    return "in " + stage;
}

Finding bad_end(const ChildResult &result, const std::string &stage, const std::string &trial,
                std::chrono::milliseconds limit) {
    const std::string place = fmt::format("{}, {}", during(stage), trial);
    const char *why_end = "It takes the host and the user's work with it.";
    switch (result.end.how) {
    case ChildEnd::How::killed_by_signal:
        return {Severity::error, "crash",
                fmt::format("it ends the process by signal {} ({}) {}", result.end.number,
                            ::strsignal(result.end.number), place),
                why_end, "run pcasctl under a debugger, or build the plugin with -fsanitize=address,undefined"};
    case ChildEnd::How::took_too_long:
        return {Severity::error, "time",
                fmt::format("it has not come back after {} s {}", static_cast<double>(limit.count()) / 1000, place),
                "The user waits for a command that has not begun.",
                "do what takes time in run, where the user can cancel it; or give the check more time with --timeout"};
    case ChildEnd::How::printed_too_much:
        return {Severity::error, "output", fmt::format("it prints without an end {}", place),
                "stdout carries results, and scripts read them.",
                "write results by the output service, messages by the log service"};
    case ChildEnd::How::exited:
        break;
    }
    return {Severity::error, "exit", fmt::format("it ends the process with exit code {} {}", result.end.number, place),
            why_end, "return to the host: 0 from create, or an exit code from run, after host->fail() with the reason"};
}

void add_printed(Findings &findings, const char *stream, const std::string &text, const std::string &trial) {
    if (text.empty()) return;
    constexpr std::size_t enough = 60;
    findings.push_back(
        {Severity::error, "output",
         fmt::format("it writes to {}, {}: '{}'{}", stream, trial, text.substr(0, enough),
                     text.size() > enough ? "..." : ""),
         "stdout carries results and stderr messages in the form that the user chose; scripts read both.",
         "write results by the output service, messages by the log service"});
}

} // namespace

Findings try_out(const std::filesystem::path &file, const Manifest &manifest, const Trial &trial,
                 std::chrono::milliseconds limit) {
    const ChildResult result =
        run_in_child([&](const Teller &teller) { Life(file, manifest, trial, teller).live(); }, limit);
    Told told = read(result.told);
    const bool is_good_end =
        result.end.how == ChildEnd::How::exited && result.end.number == 0 && told.stage == last_stage;
    if (!is_good_end) told.findings.push_back(bad_end(result, told.stage, trial.name, limit));
    if (result.end.how != ChildEnd::How::printed_too_much) {
        add_printed(told.findings, "stdout", result.out, trial.name);
        add_printed(told.findings, "stderr", result.err, trial.name);
    }
    return told.findings;
}

} // namespace host::check

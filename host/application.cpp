#include "application.hpp"

#include "catalog.hpp"
#include "commands/own_commands.hpp"
#include "common_options.hpp"
#include "discovery.hpp"
#include "error.hpp"
#include "escape.hpp"
#include "help.hpp"
#include "last_words.hpp"
#include "log_line.hpp"
#include "plugin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>
#include <unistd.h>

namespace host {
namespace {

bool is_given(const std::vector<Given> &given, const std::string &name) {
    return std::any_of(given.begin(), given.end(), [&](const Given &option) { return option.name == name; });
}

std::vector<std::string> values_of(const std::vector<Given> &given, const std::string &name) {
    std::vector<std::string> values;
    for (const Given &option : given)
        if (option.name == name) values.push_back(option.value);
    return values;
}

class Application {
public:
    explicit Application(const Invocation &invocation) : invocation_(invocation), terminal_(invocation.environment) {}

    int run() {
        int code = PCASCTL_EXIT_DONE;
        try {
            code = dispatch();
        } catch (const Error &error) {
            if (!error.command().empty()) command_ = error.command();
            report(error.what());
            code = error.exit_code();
        } catch (const std::exception &error) {
            report(fmt::format("unexpected trouble: {}", error.what()));
            code = PCASCTL_EXIT_FAILED;
        }
        return finish(code);
    }

private:
    int dispatch() {
        HostWords words = parse_host_words(all_host_options(), invocation_.words);
        const Discovery discovery(
            search_path(values_of(words.given, "plugin-dir"), invocation_.environment, invocation_.executable),
            ::geteuid());
        const Catalog catalog(own_commands(), discovery);
        if (is_given(words.given, "version")) return run_own(version_command(), {}, catalog, discovery);
        if (words.rest.empty() && is_given(words.given, "help"))
            return run_own(help_command(), words.given, catalog, discovery);
        if (words.rest.empty())
            throw Error(PCASCTL_EXIT_USAGE,
                        "a command is missing: pcasctl <command> [options]; 'pcasctl --help' lists them");
        const Command command = catalog.at_the_start_of(words.rest);
        command_ = command.name;
        words.rest.erase(words.rest.begin(), words.rest.begin() + static_cast<std::ptrdiff_t>(command.words));
        const auto given = joined(words.given, parse_command_words(joined(command.manifest.options, shared_options()),
                                                                   host_only_options(), words.rest));
        if (is_given(given, "help")) return show_help_on(command);
        return command.own != nullptr ? run_own(*command.own, given, catalog, discovery)
                                      : run_plugin(command, given, catalog);
    }

    int show_help_on(const Command &command) {
        output_.write(command_help(command.manifest, command.below, shared_options(), terminal_.columns()));
        return PCASCTL_EXIT_DONE;
    }

    int run_own(const OwnCommand &own, const std::vector<Given> &given, const Catalog &catalog,
                const Discovery &discovery) {
        const Settings settings =
            own.command_line_only ? settings_from({given, Environment({}), ConfigFile{}}, own.manifest)
                                  : settings_from({given, invocation_.environment, config_file(given)}, own.manifest);
        return own.run({settings, common_, invocation_, catalog, discovery, terminal_, output_});
    }

    int run_plugin(const Command &command, const std::vector<Given> &given, const Catalog &catalog) {
        const ConfigFile file = config_file(given);
        const Settings settings = settings_from({given, invocation_.environment, file}, command.manifest);
        Log log(common_, command.name, terminal_.colour(STDERR_FILENO), live_line_);
        for (const std::string &section : {command.name, std::string("pcasctl")})
            warn_of_sections_like(section, file, catalog, log);
        log.write(LogLevel::debug, "loading the plugin", {{"file", command.file.native()}});
        Progress progress(common_, log, live_line_);
        const Cancellation cancellation;
        Services services({command.name, settings, common_, file, invocation_.environment, terminal_, cancellation, log,
                           progress, output_});
        const LastWords last_words([&](const std::string &end) {
            return line_about(fmt::format("its plugin {0} {1}; 'pcasctl plugins check {0}' may find the reason",
                                          command.file.string(), end));
        });
        return host::run_plugin(command.file, services);
    }

    // Where one could be meant, and is no other command's.
    static void warn_of_sections_like(const std::string &meant, const ConfigFile &file, const Catalog &catalog,
                                      Log &log) {
        for (const std::string &section : sections_like(meant, file))
            if (!catalog.has(section))
                log.write(LogLevel::warning,
                          fmt::format("nobody reads section [{}] of the configuration file; did you mean [{}]?",
                                      section, meant),
                          {{"file", file.path.native()}});
    }

    // Of the command's own options; the common ones become common_.
    Settings settings_from(const Sources &sources, const Manifest &manifest) {
        common_ = common_from(resolve(common_options(), sources, "pcasctl"));
        return resolve(manifest.options, sources, manifest.command);
    }

    ConfigFile config_file(const std::vector<Given> &given) const {
        const Settings settings = resolve(command_line_options(), {given, invocation_.environment, ConfigFile{}}, "");
        const Setting &config = settings.at("config");
        return load_config(config.values.empty() ? std::nullopt : std::optional(config.values.front().text),
                           invocation_.environment);
    }

    void report(const std::string &message) const {
        static_cast<void>(std::fputs(line_about(message).c_str(), stderr)); // there is nowhere else to tell it
    }

    // One line, whatever is in the message; a JSON object where the user wants the messages so.
    std::string line_about(const std::string &message) const {
        const std::string who = command_.empty() ? "pcasctl" : "pcasctl " + command_;
        if (!common_.json_log) return fmt::format("{}: {}\n", who, escape(message));
        return json_line(std::chrono::system_clock::now(), LogLevel::error, command_, message, {}) + "\n";
    }

    // A plugin may have left something in stdio's buffer, against the rules; it is better late than lost.
    int finish(int code) const {
        const int buffered = std::fflush(stdout) != 0 ? errno : 0;
        const int failure = output_.failure() != 0 ? output_.failure() : buffered;
        if (failure == 0) return code;
        report(fmt::format("cannot write the result to stdout: {}", std::strerror(failure)));
        return code == PCASCTL_EXIT_DONE ? PCASCTL_EXIT_FAILED : code;
    }

    const Invocation &invocation_;
    std::string command_; // once it is known that there is such a one
    Terminal terminal_;
    LiveLine live_line_{terminal_};
    Output output_{terminal_, live_line_};
    Common common_;
};

} // namespace

int run(const Invocation &invocation) {
    return Application(invocation).run();
}

} // namespace host

#include "application.hpp"

#include "common_options.hpp"
#include "discovery.hpp"
#include "error.hpp"
#include "escape.hpp"
#include "help.hpp"
#include "listing.hpp"
#include "log_line.hpp"
#include "own_commands.hpp"
#include "plugin.hpp"
#include "suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>
#include <unistd.h>

namespace host {
namespace {

using Options = std::vector<Option>;

template <class List>
List joined(List list, const List &more) {
    list.insert(list.end(), more.begin(), more.end());
    return list;
}

bool is_given(const std::vector<Given> &given, const std::string &name) {
    return std::any_of(given.begin(), given.end(), [&](const Given &option) { return option.name == name; });
}

std::vector<std::string> values_of(const std::vector<Given> &given, const std::string &name) {
    std::vector<std::string> values;
    for (const Given &option : given)
        if (option.name == name) values.push_back(option.value);
    return values;
}

Options shared_options() {
    return joined(common_options(), command_line_options());
}

const Manifest *find_command(const std::vector<Manifest> &commands, const std::string &name) {
    const auto found = std::find_if(commands.begin(), commands.end(),
                                    [&](const Manifest &command) { return command.command == name; });
    return found != commands.end() ? &*found : nullptr;
}

class Application {
public:
    explicit Application(const Invocation &invocation) : invocation_(invocation), terminal_(invocation.environment) {}

    int run() {
        int code = PCASCTL_EXIT_DONE;
        try {
            code = dispatch();
        } catch (const Error &error) {
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
        const Options options = joined(shared_options(), host_only_options());
        HostWords words = parse_host_words(options, invocation_.words);
        discovery_.emplace(
            search_path(values_of(words.given, "plugin-dir"), invocation_.environment, invocation_.executable),
            ::geteuid());
        if (is_given(words.given, "version")) return show_version();
        if (words.rest.empty() && is_given(words.given, "help")) return show_overview();
        if (words.rest.empty())
            throw Error(PCASCTL_EXIT_USAGE,
                        "a command is missing: pcasctl <command> [options]; 'pcasctl --help' lists them");
        return run_command(words);
    }

    int run_command(const HostWords &words) {
        const std::string &name = words.rest.front();
        const std::vector<Manifest> own = own_commands();
        const Manifest *own_command = find_command(own, name);
        const auto found = own_command != nullptr ? std::nullopt : std::optional(usable_plugin(name));
        const Manifest &manifest = own_command != nullptr ? *own_command : *found->plugin.manifest;
        command_ = name;
        const auto given =
            joined(words.given, parse_command_words(joined(manifest.options, shared_options()), host_only_options(),
                                                    {words.rest.begin() + 1, words.rest.end()}));
        if (is_given(given, "help")) return show(command_help(manifest, shared_options(), terminal_.columns()));

        const ConfigFile file = load_config(config_asked_for(given), invocation_.environment);
        const Sources sources{given, invocation_.environment, file};
        common_ = common_from(resolve(common_options(), sources, "pcasctl"));
        const Settings settings = resolve(manifest.options, sources, name);
        return own_command != nullptr ? run_own(name, settings) : run_plugin(*found, settings);
    }

    std::optional<std::string> config_asked_for(const std::vector<Given> &given) const {
        const Settings settings = resolve(command_line_options(), {given, invocation_.environment, ConfigFile{}}, "");
        const Setting &config = settings.at("config");
        return config.values.empty() ? std::nullopt : std::optional(config.values.front().text);
    }

    int run_own(const std::string &name, const Settings &settings) {
        if (name == "version") return show_version();
        if (name == "plugins") {
            const Listing listing = discovery_->list();
            return show(common_.json_output ? listing_json(listing) : listing_text(listing));
        }
        const auto &topic = settings.at("command").values;
        return topic.empty() ? show_overview() : show_help_on(topic.front().text);
    }

    int run_plugin(const FoundPlugin &found, const Settings &settings) {
        Log log(common_, found.command, terminal_.colour(STDERR_FILENO));
        log.write(LogLevel::debug, "loading the plugin", {{"file", found.file.native()}});
        const Cancellation cancellation;
        Services services({found.command, settings, common_, terminal_, cancellation, log, output_});
        return host::run_plugin(found.file, services);
    }

    int show(const std::string &text) {
        output_.write(text);
        return PCASCTL_EXIT_DONE;
    }

    int show_version() {
        return show(
            fmt::format("pcasctl {} (plugin ABI {}.{})\n", PCASCTL_VERSION, PCASCTL_ABI_MAJOR, PCASCTL_ABI_MINOR));
    }

    int show_help_on(const std::string &name) {
        const std::vector<Manifest> own = own_commands();
        if (const Manifest *command = find_command(own, name))
            return show(command_help(*command, shared_options(), terminal_.columns()));
        return show(command_help(*usable_plugin(name).plugin.manifest, shared_options(), terminal_.columns()));
    }

    int show_overview() {
        const Listing listing = discovery_->list();
        const auto refused =
            std::count_if(listing.plugins.begin(), listing.plugins.end(),
                          [](const FoundPlugin &found) { return found.shadowed_by.empty() && found.plugin.refusal; });
        return show(overview(usable_commands(listing), static_cast<std::size_t>(refused),
                             joined(shared_options(), host_only_options()), terminal_.columns()));
    }

    static std::vector<CommandSummary> usable_commands(const Listing &listing) {
        std::vector<CommandSummary> commands;
        for (const Manifest &own : own_commands()) commands.push_back({own.command, own.summary});
        for (const FoundPlugin &found : listing.plugins)
            if (found.shadowed_by.empty() && !found.plugin.refusal)
                commands.push_back({found.command, found.plugin.manifest->summary});
        std::sort(commands.begin(), commands.end(),
                  [](const CommandSummary &left, const CommandSummary &right) { return left.name < right.name; });
        return commands;
    }

    FoundPlugin usable_plugin(const std::string &name) {
        auto found = is_name(name) ? discovery_->find(name) : std::nullopt;
        if (!found) unknown_command(name);
        if (!found->plugin.refusal) return *std::move(found);
        command_ = name;
        throw Error(PCASCTL_EXIT_FAILED,
                    fmt::format("{}: {}", escape(found->file.string()), found->plugin.refusal->reason));
    }

    [[noreturn]] void unknown_command(const std::string &name) const {
        std::vector<std::string> names;
        for (const CommandSummary &command : usable_commands(discovery_->list())) names.push_back(command.name);
        const std::string hint = did_you_mean(name, names);
        throw Error(
            PCASCTL_EXIT_USAGE,
            fmt::format("unknown command '{}'{} 'pcasctl --help' lists the commands, 'pcasctl plugins' where they are "
                        "looked for",
                        escape(name), hint.empty() ? ";" : hint));
    }

    // One line, whatever is in it; a JSON object where the user wants the messages so.
    void report(const std::string &message) const {
        const std::string who = command_.empty() ? "pcasctl" : "pcasctl " + command_;
        const std::string line =
            common_.json_log ? json_line(std::chrono::system_clock::now(), LogLevel::error, command_, message, {})
                             : fmt::format("{}: {}", who, escape(message));
        std::fputs((line + "\n").c_str(), stderr);
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
    Output output_;
    Common common_;
    std::optional<Discovery> discovery_;
};

} // namespace

int run(const Invocation &invocation) {
    return Application(invocation).run();
}

} // namespace host

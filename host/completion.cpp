#include "completion.hpp"

#include "common_options.hpp"
#include "escape.hpp"
#include "unfinished_options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace host {
namespace {

using Words = std::vector<std::string>;

// "Path to the file", of "Path to the file. It is only read.": shells give a line to a description.
std::string first_sentence(const std::string &text) {
    const std::size_t end = text.find(". ");
    if (end != std::string::npos) return text.substr(0, end);
    return !text.empty() && text.back() == '.' ? text.substr(0, text.size() - 1) : text;
}

std::vector<Candidate> option_candidates(const std::vector<Option> &options) {
    std::vector<Candidate> candidates;
    for (const Option &option : options) {
        const std::string description = first_sentence(option.help);
        candidates.push_back({"--" + option.name, description});
        if (option.short_name != 0) candidates.push_back({fmt::format("-{}", option.short_name), description});
    }
    return candidates;
}

// `name` without the words that it begins with; "" if it does not begin with them, or has no more.
std::string rest_of_name(const std::string &name, const Words &begin) {
    std::size_t at = 0;
    for (const std::string &word : begin) {
        if (name.compare(at, word.size() + 1, word + " ") != 0) return "";
        at += word.size() + 1;
    }
    return name.substr(at);
}

// The words that can follow `begin` in the name of a command: of "plugins new", "new" after "plugins".
std::vector<Candidate> command_candidates(const std::vector<CommandSummary> &commands, const Words &begin) {
    std::vector<Candidate> candidates;
    for (const CommandSummary &command : commands) {
        const std::string rest = rest_of_name(command.name, begin);
        if (!rest.empty() && rest.find(' ') == std::string::npos) candidates.push_back({rest, command.summary});
    }
    return candidates;
}

Completions value_completions(const Option &option, const UnfinishedOptions &options, const Catalog &catalog) {
    Completions completions;
    if (option.secret) return completions;
    completions.paths = option.complete == Completion::command ? Completion::none : option.complete;
    if (option.complete == Completion::command)
        completions.candidates = command_candidates(catalog.summaries().commands, options.values_of(option.name));
    for (const std::string &choice : option.choices) completions.candidates.push_back({choice});
    return completions;
}

// The option whose value the current word is or holds, if it must be one.
std::optional<Completions> named_value(const UnfinishedOptions &options, const std::string &current,
                                       const Catalog &catalog) {
    if (const Option *option = options.awaited()) return value_completions(*option, options, catalog);
    if (options.ended()) return std::nullopt;
    const auto attached = options.attached_value(current);
    if (!attached) return std::nullopt;
    Completions completions = value_completions(attached->option, options, catalog);
    completions.before = attached->before;
    return completions;
}

bool begins_an_option(const UnfinishedOptions &options, const std::string &current) {
    return !options.ended() && !current.empty() && current.front() == '-';
}

bool has_something(const Completions &completions) {
    return !completions.candidates.empty() || completions.paths != Completion::none;
}

Completions after_command(const Command &command, UnfinishedOptions options, const Words &words,
                          const std::string &current, const Catalog &catalog) {
    for (const std::string &word : words)
        if (!options.take(word)) options.take_positional(word);
    if (const auto value = named_value(options, current, catalog)) return *value;
    const std::vector<Candidate> possible = option_candidates(options.still_possible());
    if (begins_an_option(options, current)) return {.candidates = possible};

    Completions completions;
    if (const Option *option = options.next_positional()) completions = value_completions(*option, options, catalog);
    if (words.empty())
        completions.candidates = joined(command_candidates(command.below, {command.name}), completions.candidates);
    // Where nothing else is known, options are what can be said.
    if (!has_something(completions) && current.empty() && !options.ended()) completions.candidates = possible;
    return completions;
}

// Reads what stands before the command. The words that are left begin with it.
Words rest_after(UnfinishedOptions &options, const Words &words) {
    const auto command =
        std::find_if(words.begin(), words.end(), [&](const std::string &word) { return !options.take(word); });
    return {command, words.end()};
}

} // namespace

std::vector<std::string> plugin_directories(const TypedLine &line) {
    UnfinishedOptions options(all_host_options());
    rest_after(options, line.finished);
    return options.values_of("plugin-dir");
}

Completions complete(const TypedLine &line, const Catalog &catalog) {
    UnfinishedOptions options(all_host_options());
    Words rest = rest_after(options, line.finished);
    if (!rest.empty()) {
        const Command command = catalog.at_the_start_of(rest);
        rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(command.words));
        const auto possible = joined(command.manifest.options, shared_options());
        return after_command(command, UnfinishedOptions(possible, options.given()), rest, line.current, catalog);
    }
    if (const auto value = named_value(options, line.current, catalog)) return *value;
    if (begins_an_option(options, line.current)) return {.candidates = option_candidates(options.still_possible())};
    return {.candidates = command_candidates(catalog.summaries().commands, {})};
}

std::string as_lines(const Completions &completions) {
    const char *kind = completions.paths == Completion::file        ? "files"
                       : completions.paths == Completion::directory ? "directories"
                                                                    : "words";
    std::string lines = fmt::format("{}\t{}\n", kind, completions.before);
    for (const Candidate &candidate : completions.candidates)
        if (escape(candidate.word) == candidate.word)
            lines += fmt::format("{}\t{}\n", candidate.word, escape(candidate.description));
    return lines;
}

} // namespace host

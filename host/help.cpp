#include "help.hpp"

#include "descriptions.hpp"
#include "escape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace host {
namespace {

constexpr std::size_t help_column = 28;
constexpr std::size_t exit_code_column = 10;

// Lines that are too long are hard to read, and in a narrow window it is better to be cut off than to become a column
// of words.
std::size_t text_width(int columns) {
    return static_cast<std::size_t>(std::clamp(columns, 80, 120));
}

// "  left      right, wrapped": the right side begins in its column, on the next line if the left one is too long.
std::string entry(const std::string &left, const std::string &right, std::size_t width,
                  std::size_t column = help_column) {
    std::string text = "  " + left;
    const std::string margin(column, ' ');
    if (character_count(text) + 2 > column)
        text += "\n" + margin;
    else
        text.append(column - character_count(text), ' ');
    return text + fmt::format("{}\n", fmt::join(wrap(right, width - column), "\n" + margin));
}

std::string left_side(const Option &option) {
    const std::string short_name = option.short_name != 0 ? fmt::format("-{}, ", option.short_name) : "    ";
    const std::string value = option.type == OptionType::flag ? "" : " " + option.value_name;
    return escape(fmt::format("{}--{}{}", short_name, option.name, value));
}

std::string command_section(const std::vector<CommandSummary> &commands, std::size_t width) {
    std::string text = commands.empty() ? "" : "\nCommands:\n";
    for (const CommandSummary &command : commands) text += entry(escape(command.name), escape(command.summary), width);
    return text;
}

// Under their groups' headings.
std::string option_sections(const std::vector<Option> &options, std::size_t width) {
    std::string text;
    for (const OptionGroup &group : grouped(options)) {
        text += fmt::format("\n{}:\n", escape(group.name));
        for (const Option &option : group.options)
            text += entry(left_side(option), escape(option.help + facts_of(option)), width);
    }
    return text;
}

std::string usage(const Manifest &manifest) {
    std::string line = fmt::format("Usage: pcasctl {}", manifest.command);
    std::string positional;
    for (const Option &option : manifest.options) {
        const std::string name = option.value_name + (option.repeatable ? "..." : "");
        if (option.positional)
            positional += option.required ? " " + name : " [" + name + "]";
        else if (option.required)
            line += fmt::format(" --{} {}", option.name, option.value_name);
    }
    return escape(line + " [options]" + positional) + "\n";
}

std::string paragraphs(const Manifest &manifest, std::size_t width) {
    std::string text;
    for (const std::string &paragraph : description_of(manifest))
        text += fmt::format("\n{}\n", fmt::join(wrap(escape(paragraph), width), "\n"));
    return text;
}

std::string examples(const Manifest &manifest, std::size_t width) {
    std::string text = manifest.examples.empty() ? "" : "\nExamples:\n";
    for (const Example &example : manifest.examples)
        text += fmt::format("  {}\n      {}\n", fmt::join(wrap(escape(example.text), width - 2), "\n  "),
                            escape(example.command));
    return text;
}

std::string exit_codes(const Manifest &manifest, std::size_t width) {
    std::string text = "\nExit codes:\n";
    for (const ExitStatus &status : exit_statuses(manifest))
        text += entry(status.code, escape(status.meaning), width, exit_code_column);
    return text;
}

} // namespace

std::vector<std::string> wrap(const std::string &text, std::size_t width) {
    std::vector<std::string> lines(1);
    std::size_t begin = 0;
    while ((begin = text.find_first_not_of(' ', begin)) != std::string::npos) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        begin = end;
        if (lines.back().empty())
            lines.back() = word;
        else if (character_count(lines.back()) + 1 + character_count(word) <= width)
            lines.back() += " " + word;
        else
            lines.push_back(word);
    }
    return lines;
}

std::string command_help(const Manifest &manifest, const std::vector<CommandSummary> &below,
                         const std::vector<Option> &shared, int columns) {
    const std::size_t width = text_width(columns);
    return usage(manifest) + paragraphs(manifest, width) + command_section(below, width)
           + option_sections(manifest.options, width) + option_sections(shared, width) + examples(manifest, width)
           + exit_codes(manifest, width);
}

std::string overview(const Summaries &summaries, const std::vector<Option> &options, int columns) {
    const std::size_t width = text_width(columns);
    std::string text = "Usage: pcasctl [options] <command> [command's options]\n";
    text += command_section(summaries.commands, width);
    if (const std::size_t refused = summaries.refused_plugins; refused != 0)
        text += fmt::format("\n{} that {} cannot be used: 'pcasctl plugins' says why.\n",
                            refused == 1 ? "1 plugin" : fmt::format("{} plugins", refused),
                            refused == 1 ? "is there" : "are there");
    text += option_sections(options, width);
    return text + "\n'pcasctl help <command>' describes a command, 'pcasctl plugins' shows where commands come from.\n";
}

} // namespace host

#include "manual.hpp"

#include "descriptions.hpp"
#include "host_manifest.hpp"
#include "mdoc.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace host {
namespace {

constexpr const char *begin_list = "Bl -tag -width Ds";

// "pcasctl-plugins-new", of "plugins new".
std::string page_name(const std::string &command) {
    std::string name = "pcasctl-" + command;
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

std::string in_capitals(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

void heading(Mdoc &page, const std::string &name, const std::string &summary, std::time_t date) {
    const std::tm day = fmt::gmtime(date);
    page.macro(fmt::format("Dd {:%B} {}, {:%Y}", day, day.tm_mday, day));
    page.macro(fmt::format("Dt {} 1", in_capitals(name)));
    page.macro("Os pcasctl " PCASCTL_VERSION);
    page.macro("Sh NAME").macro("Nm " + name).macro("Nd " + arguments(summary));
}

std::string with_value(const Option &option) {
    const std::string name = "Fl " + argument("-" + option.name);
    return option.type == OptionType::flag ? name : name + " Ar " + argument(option.value_name);
}

std::string positional_value(const Option &option) {
    const std::string value = "Ar " + argument(option.value_name) + (option.repeatable ? " ..." : "");
    return option.required ? value : "Op " + value;
}

void synopsis(Mdoc &page, const Manifest &manifest) {
    page.macro("Sh SYNOPSIS").macro("Nm pcasctl").macro("Cm " + argument(manifest.command));
    for (const Option &option : manifest.options)
        if (option.required && !option.positional) page.macro(with_value(option));
    page.macro("Op Ar options");
    for (const Option &option : manifest.options)
        if (option.positional) page.macro(positional_value(option));
}

void paragraphs(Mdoc &page, const std::vector<std::string> &texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i != 0) page.macro("Pp");
        page.text(texts[i]);
    }
}

void option_list(Mdoc &page, const std::vector<Option> &options) {
    page.macro(begin_list);
    for (const Option &option : options) {
        const std::string short_name =
            option.short_name != 0 ? fmt::format("Fl {} , ", argument({&option.short_name, 1})) : "";
        page.macro("It " + short_name + with_value(option)).text(option.help + facts_of(option));
    }
    page.macro("El");
}

void option_section(Mdoc &page, const std::vector<Option> &options) {
    page.macro("Sh OPTIONS");
    for (const OptionGroup &group : grouped(options)) {
        if (group.name != Option().group) page.macro("Ss " + argument(group.name));
        option_list(page, group.options);
    }
}

// What pcasctl(1) says of a command that has no page of its own.
void listed_command(Mdoc &page, const ListedCommand &command) {
    const Manifest &manifest = command.manifest;
    std::string line = "It Cm " + argument(manifest.command);
    for (const Option &option : manifest.options)
        if (option.positional) line += " " + positional_value(option);
    page.macro(line).text(manifest.summary + ".");
    if (command.has_own_page) {
        page.text("See").macro("Xr " + page_name(manifest.command) + " 1 .");
        return;
    }
    for (const std::string &paragraph : manifest.description) page.macro("Pp").text(paragraph);
    if (!manifest.options.empty()) option_list(page, manifest.options);
}

void command_section(Mdoc &page, const std::vector<ListedCommand> &commands) {
    page.macro("Sh COMMANDS").macro(begin_list);
    for (const ListedCommand &command : commands) listed_command(page, command);
    page.macro("El");
}

void explained_section(Mdoc &page, const std::string &title, const std::string &macro,
                       const std::vector<Explained> &names) {
    if (names.empty()) return;
    page.macro("Sh " + title).macro(begin_list);
    for (const Explained &name : names)
        page.macro(fmt::format("It {} {}", macro, argument(name.name))).text(name.meaning);
    page.macro("El");
}

std::vector<Explained> environment_of(const std::vector<Option> &options, const Manifest &manifest) {
    std::vector<Explained> variables;
    for (const Option &option : options)
        if (!option.environment.empty())
            variables.push_back(
                {option.environment, fmt::format("The value of --{}, if the command line has none.", option.name)});
    variables.insert(variables.end(), manifest.environment.begin(), manifest.environment.end());
    return variables;
}

std::vector<Explained> files_of(const Manifest &manifest) {
    std::vector<Explained> files = manifest.files;
    files.push_back({"~/.config/pcasctl/pcasctl.ini",
                     fmt::format("Configuration: values of the options above, by their long names, in the section "
                                 "[{}], and of the common ones in [pcasctl].",
                                 manifest.command)});
    return files;
}

void exit_section(Mdoc &page, const Manifest &manifest) {
    page.macro("Sh EXIT STATUS").macro(begin_list);
    for (const ExitStatus &status : exit_statuses(manifest))
        page.macro("It " + argument(status.code)).text(status.meaning);
    page.macro("El");
}

void example_section(Mdoc &page, const std::vector<Example> &examples) {
    if (examples.empty()) return;
    page.macro("Sh EXAMPLES");
    for (const Example &example : examples) {
        if (&example != &examples.front()) page.macro("Pp");
        page.text(example.text + ":");
        page.macro("Bd -literal -offset indent").literal(example.command).macro("Ed");
    }
}

void see_also_section(Mdoc &page, const std::set<PageReference> &pages) {
    if (pages.empty()) return;
    page.macro("Sh SEE ALSO");
    for (auto it = pages.begin(); it != pages.end(); ++it)
        page.macro(fmt::format("Xr {} {}{}", it->name, it->section, std::next(it) != pages.end() ? " ," : ""));
}

} // namespace

std::string command_manual(const Manifest &manifest, const std::vector<Option> &shared, std::time_t date) {
    std::vector<Option> options = manifest.options;
    options.insert(options.end(), shared.begin(), shared.end());
    std::set<PageReference> pages(manifest.see_also.begin(), manifest.see_also.end());
    pages.insert({"1", "pcasctl"});

    Mdoc page;
    heading(page, page_name(manifest.command), manifest.summary, date);
    synopsis(page, manifest);
    paragraphs(page.macro("Sh DESCRIPTION"), description_of(manifest));
    option_section(page, options);
    explained_section(page, "ENVIRONMENT", "Ev", environment_of(options, manifest));
    explained_section(page, "FILES", "Pa", files_of(manifest));
    exit_section(page, manifest);
    example_section(page, manifest.examples);
    see_also_section(page, pages);
    return page.source();
}

std::string host_manual(const std::vector<ListedCommand> &commands, const std::vector<Option> &options,
                        std::time_t date) {
    const Manifest manifest = host_manifest();
    std::set<PageReference> pages;
    for (const ListedCommand &command : commands)
        if (command.has_own_page) pages.insert({"1", page_name(command.manifest.command)});

    Mdoc page;
    heading(page, manifest.command, manifest.summary, date);
    page.macro("Sh SYNOPSIS").macro("Nm pcasctl").macro("Op Ar options").macro("Ar command").macro("Op Ar arguments");
    paragraphs(page.macro("Sh DESCRIPTION"), description_of(manifest));
    command_section(page, commands);
    option_section(page, options);
    explained_section(page, "ENVIRONMENT", "Ev", environment_of(options, manifest));
    explained_section(page, "FILES", "Pa", manifest.files);
    exit_section(page, manifest);
    example_section(page, manifest.examples);
    see_also_section(page, pages);
    return page.source();
}

} // namespace host

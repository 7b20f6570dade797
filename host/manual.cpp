#include "manual.hpp"

#include "descriptions.hpp"
#include "mdoc.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace host {
namespace {

constexpr const char *list = "Bl -tag -width Ds";

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
    page.macro("Sh NAME").macro("Nm " + name).macro("Nd " + argument(summary));
}

std::string with_value(const Option &option) {
    const std::string name = fmt::format("Fl {}", argument("-" + option.name));
    return option.type == OptionType::flag ? name : name + " Ar " + argument(option.value_name);
}

void usage(Mdoc &page, const Manifest &manifest) {
    page.macro("Nm pcasctl").macro("Cm " + argument(manifest.command));
    for (const Option &option : manifest.options)
        if (option.required && !option.positional) page.macro(with_value(option));
    page.macro("Op Ar options");
    for (const Option &option : manifest.options) {
        if (!option.positional) continue;
        const std::string words = "Ar " + argument(option.value_name) + (option.repeatable ? " ..." : "");
        page.macro(option.required ? words : "Op " + words);
    }
}

void paragraphs(Mdoc &page, const Manifest &manifest) {
    bool is_first = true;
    for (const std::string &paragraph : description_of(manifest)) {
        if (!is_first) page.macro("Pp");
        page.text(paragraph);
        is_first = false;
    }
}

void option_list(Mdoc &page, const std::vector<Option> &options) {
    page.macro(list);
    for (const Option &option : options) {
        const std::string short_name =
            option.short_name != 0 ? fmt::format("Fl {} , ", argument({&option.short_name, 1})) : "";
        page.macro("It " + short_name + with_value(option)).text(option.help + facts_of(option));
    }
    page.macro("El");
}

void option_groups(Mdoc &page, const std::vector<Option> &options) {
    for (const OptionGroup &group : grouped(options)) {
        page.macro("Ss " + argument(group.name));
        option_list(page, group.options);
    }
}

// Of options first, then those that the manifest explains.
void environment(Mdoc &page, const Manifest &manifest, const std::vector<Option> &options) {
    page.macro("Sh ENVIRONMENT").macro(list);
    for (const Option &option : options)
        if (!option.environment.empty())
            page.macro("It Ev " + argument(option.environment))
                .text(fmt::format("The value of --{}, if it is not on the command line.", option.name));
    for (const Explained &variable : manifest.environment)
        page.macro("It Ev " + argument(variable.name)).text(variable.meaning);
    page.macro("El");
}

void files(Mdoc &page, const Manifest &manifest) {
    page.macro("Sh FILES").macro(list);
    for (const Explained &file : manifest.files) page.macro("It Pa " + argument(file.name)).text(file.meaning);
    page.macro("El");
}

void exit_status(Mdoc &page, const Manifest &manifest) {
    page.macro("Sh EXIT STATUS").macro(list);
    for (const auto &[code, meaning] : exit_statuses(manifest)) page.macro("It " + argument(code)).text(meaning);
    page.macro("El");
}

void examples(Mdoc &page, const Manifest &manifest) {
    if (manifest.examples.empty()) return;
    page.macro("Sh EXAMPLES");
    bool is_first = true;
    for (const Example &example : manifest.examples) {
        if (!is_first) page.macro("Pp");
        page.text(example.text + ":");
        page.macro("Bd -literal -offset indent").literal(example.command).macro("Ed");
        is_first = false;
    }
}

void see_also(Mdoc &page, const std::set<PageReference> &pages) {
    if (pages.empty()) return;
    page.macro("Sh SEE ALSO");
    for (auto it = pages.begin(); it != pages.end(); ++it)
        page.macro(fmt::format("Xr {} {}{}", it->name, it->section, std::next(it) != pages.end() ? " ," : ""));
}

// What can be said of every command, and the host alone knows.
Manifest with_common_facts(Manifest manifest) {
    manifest.files.push_back(config_file_of(manifest));
    return manifest;
}

} // namespace

} // namespace host

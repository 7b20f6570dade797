#include "report.hpp"

#include "escape.hpp"
#include "help.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace host::check {
namespace {

const char *name_of(Severity severity) {
    return severity == Severity::error ? "error" : "warning";
}

std::size_t count(const Report &report, Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(report.findings.begin(), report.findings.end(),
                      [&](const Finding &finding) { return finding.severity == severity; }));
}

std::string counted(std::size_t number, const char *thing) {
    return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string title(const Report &report) {
    std::string text = escape(report.file.string());
    if (report.plugin.manifest)
        text += fmt::format(": {} {}", report.plugin.manifest->command, escape(report.plugin.manifest->version));
    if (report.plugin.abi) text += fmt::format(", ABI {}.{}", report.plugin.abi->major, report.plugin.abi->minor);
    return text + "\n";
}

std::string paragraph(const std::string &text, std::size_t width) {
    return fmt::format("    {}\n", fmt::join(wrap(escape(text), width - 4), "\n    "));
}

std::string finding_text(const Finding &finding, std::size_t width) {
    const std::string head = fmt::format("{} [{}]: ", name_of(finding.severity), finding.id);
    return fmt::format("\n{}\n", fmt::join(wrap(head + escape(finding.what), width), "\n    "))
           + paragraph(finding.why, width) + paragraph("To mend it: " + finding.mend, width);
}

std::string executed(const Report &report, std::size_t width) {
    if (report.executed.empty()) return "Nothing of the plugin was run.\n";
    const std::string text =
        fmt::format("Run, each time in a process of its own: {}.", fmt::join(report.executed, "; "));
    return fmt::format("{}\n", fmt::join(wrap(text, width), "\n"));
}

} // namespace

std::size_t errors_in(const Report &report) {
    return count(report, Severity::error);
}

std::string report_text(const Report &report, int columns) {
    const auto width = static_cast<std::size_t>(std::clamp(columns, 80, 120));
    std::string text = title(report);
    for (const Finding &finding : report.findings) text += finding_text(finding, width);
    text += "\n" + executed(report, width);
    return text
           + fmt::format("{}, {}\n", counted(errors_in(report), "error"),
                         counted(count(report, Severity::warning), "warning"));
}

std::string report_json(const Report &report) {
    nlohmann::ordered_json json;
    json["file"] = report.file.string();
    json["command"] = report.plugin.manifest ? nlohmann::ordered_json(report.plugin.manifest->command) : nullptr;
    json["version"] = report.plugin.manifest ? nlohmann::ordered_json(report.plugin.manifest->version) : nullptr;
    json["abi"] = report.plugin.abi
                      ? nlohmann::ordered_json(fmt::format("{}.{}", report.plugin.abi->major, report.plugin.abi->minor))
                      : nullptr;
    json["errors"] = errors_in(report);
    json["warnings"] = count(report, Severity::warning);
    json["findings"] = nlohmann::ordered_json::array();
    for (const Finding &finding : report.findings)
        json["findings"].push_back({{"severity", name_of(finding.severity)},
                                    {"id", finding.id},
                                    {"what", finding.what},
                                    {"why", finding.why},
                                    {"mend", finding.mend}});
    json["executed"] = report.executed;
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

} // namespace host::check

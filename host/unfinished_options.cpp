#include "unfinished_options.hpp"

#include <algorithm>

namespace host {
namespace {

bool is_long(const std::string &word) {
    return word.size() > 2 && word.compare(0, 2, "--") == 0;
}

bool is_short(const std::string &word) {
    return word.size() > 1 && word[0] == '-' && word[1] != '-';
}

} // namespace

bool UnfinishedOptions::take(const std::string &word) {
    if (awaited_ != nullptr) {
        give(*awaited_, word);
        awaited_ = nullptr;
        return true;
    }
    if (ended_) return false;
    ended_ = word == "--";
    if (is_long(word)) take_long(word);
    if (is_short(word)) take_short(word);
    return ended_ || is_long(word) || is_short(word);
}

void UnfinishedOptions::take_long(const std::string &word) {
    if (const auto attached = attached_value(word)) {
        give(attached->option, attached->value);
    } else if (const Option *option = long_option(word.substr(2))) {
        if (option->type == OptionType::flag)
            give(*option, "true");
        else
            awaited_ = option;
    }
}

// "-dvs/tmp": flags, and at last perhaps an option with a value.
void UnfinishedOptions::take_short(const std::string &word) {
    for (std::size_t at = 1; at < word.size(); ++at) {
        const Option *option = short_option(word[at]);
        if (option == nullptr) return;
        if (option->type == OptionType::flag) {
            give(*option, "true");
        } else {
            if (const auto attached = attached_value(word))
                give(*option, attached->value);
            else
                awaited_ = option;
            return;
        }
    }
}

void UnfinishedOptions::take_positional(const std::string &word) {
    if (const Option *option = next_positional()) give(*option, word);
    ++positionals_;
}

const Option *UnfinishedOptions::next_positional() const {
    std::size_t before = positionals_;
    for (const Option &option : options_) {
        if (!option.positional) continue;
        if (before == 0 || option.repeatable) return &option;
        --before;
    }
    return nullptr;
}

std::vector<Option> UnfinishedOptions::still_possible() const {
    std::vector<Option> possible;
    for (const Option &option : options_)
        if (option.repeatable || values_of(option.name).empty()) possible.push_back(option);
    return possible;
}

std::optional<AttachedValue> UnfinishedOptions::attached_value(const std::string &word) const {
    if (is_long(word)) {
        const std::size_t equals = word.find('=');
        const Option *option = equals != std::string::npos ? long_option(word.substr(2, equals - 2)) : nullptr;
        if (option == nullptr) return std::nullopt;
        return AttachedValue{*option, word.substr(0, equals + 1), word.substr(equals + 1)};
    }
    for (std::size_t at = 1; is_short(word) && at + 1 < word.size(); ++at) {
        const Option *option = short_option(word[at]);
        if (option == nullptr) break;
        if (option->type != OptionType::flag)
            return AttachedValue{*option, word.substr(0, at + 1), word.substr(at + 1)};
    }
    return std::nullopt;
}

std::vector<std::string> UnfinishedOptions::values_of(const std::string &name) const {
    std::vector<std::string> values;
    for (const Given &given : given_)
        if (given.name == name) values.push_back(given.value);
    return values;
}

const Option *UnfinishedOptions::long_option(const std::string &name) const {
    const auto found =
        std::find_if(options_.begin(), options_.end(), [&](const Option &option) { return option.name == name; });
    return found != options_.end() ? &*found : nullptr;
}

const Option *UnfinishedOptions::short_option(char name) const {
    const auto found =
        std::find_if(options_.begin(), options_.end(), [&](const Option &option) { return option.short_name == name; });
    return found != options_.end() ? &*found : nullptr;
}

} // namespace host

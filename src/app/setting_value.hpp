#pragma once

#include <string>
#include <string_view>

#include "app/settings_table.hpp"
#include "base/result.hpp"

namespace plumb::app {

/// Checks a text against a setting's type, range and choices, and returns it in the one spelling that
/// Settings reads: "yes" as "true", "BTC,ETH" as "BTC ETH". Errors say what was expected and what was found;
/// those of secrets do not say what was found. Errc::parse, Errc::out_of_range.
Result<std::string> read_value(const Setting& setting, std::string_view text);

/// The same for a setting of which a command takes several: its choices, separated by blanks. An unknown one
/// is told with the nearest.
Result<std::string> read_choices(const Setting& setting, std::string_view text);

/// "number from 0.01 to 100 (seconds)": for help and for errors.
std::string expected_of(const Setting& setting);

/// Exactly the whole text as a finite number; Errc::parse.
Result<double> read_number(std::string_view text);
/// Calls `each` with every word of a text of words separated by blanks or commas.
template <class Each>
constexpr void for_each_word(std::string_view words, Each each) {
    while (!words.empty()) {
        const std::size_t end = words.find_first_of(" ,\t");
        if (end != 0) each(words.substr(0, end));
        if (end == std::string_view::npos) return;
        words.remove_prefix(end + 1);
    }
}

constexpr bool has_word(std::string_view words, std::string_view word) {
    bool found = false;
    for_each_word(words, [&](std::string_view each) { found = found || each == word; });
    return found;
}

}  // namespace plumb::app

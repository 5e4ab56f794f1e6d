#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "exchange/faults/script_reader.hpp"

namespace plumb::exchange {

/// What an enumeration's values are called in a script: `to_string` of each from zero to `kLast`.
template <class Enum, Enum kLast>
std::vector<std::string_view> words_of() {
    std::vector<std::string_view> words;
    for (int i = 0; i <= static_cast<int>(kLast); ++i) words.push_back(to_string(static_cast<Enum>(i)));
    return words;
}

template <class Enum, Enum kLast>
std::optional<Enum> read_word(ScriptMap& map, std::string_view key) {
    const std::optional<std::size_t> place = map.word(key, words_of<Enum, kLast>());
    if (!place) return std::nullopt;
    return static_cast<Enum>(*place);
}

template <class Enum, Enum kLast>
std::vector<Enum> read_words(ScriptMap& map, std::string_view key) {
    std::vector<Enum> values;
    for (const std::size_t place : map.words(key, words_of<Enum, kLast>()))
        values.push_back(static_cast<Enum>(place));
    return values;
}

}  // namespace plumb::exchange

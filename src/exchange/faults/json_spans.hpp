#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace plumb::exchange {

enum class JsonKind : unsigned char { object, array, text, number, word };  // word: true, false, null

/// Where one value of a JSON text lies, so that a part can be changed and every other byte stays.
struct JsonSpan {
    JsonKind kind = JsonKind::word;
    std::string_view key;   // of the member of an object; of an array's values: the array's key
    std::size_t begin = 0;  // of the value, quotes and brackets included
    std::size_t end = 0;
    int parent = -1;  // the span it lies in
    bool in_array = false;

    std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
    /// A text without its quotes.
    std::string_view inner(std::string_view text) const { return text.substr(begin + 1, end - begin - 2); }
};

/// Every value of `text` in order of beginning; nothing when it is no JSON, is deeper than 64 or has more
/// than 100 000 values. The keys borrow from `text`. Escapes are passed over, not read. O(bytes).
std::optional<std::vector<JsonSpan>> json_spans(std::string_view text);

}  // namespace plumb::exchange

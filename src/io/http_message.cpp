#include "io/http_message.hpp"

#include <algorithm>

namespace plumb::io {
namespace {

char lower(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

const std::string* find_header(const std::vector<Header>& headers, std::string_view name) {
    const auto found =
        std::ranges::find_if(headers, [&](const Header& header) { return same_name(header.name, name); });
    return found == headers.end() ? nullptr : &found->value;
}

}  // namespace plumb::io

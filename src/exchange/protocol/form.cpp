#include "exchange/protocol/form.hpp"

namespace plumb::exchange {

namespace {

int hex_digit(char c) {
    if ('0' <= c && c <= '9') return c - '0';
    if ('a' <= c && c <= 'f') return c - 'a' + 10;
    if ('A' <= c && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string url_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%' && i + 2 < text.size() && 0 <= hex_digit(text[i + 1]) &&
                   0 <= hex_digit(text[i + 2])) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

void Form::add_encoded(std::string_view encoded) {
    while (!encoded.empty() && fields_.size() < kFieldsMax) {
        const std::size_t end = encoded.find('&');
        const std::string_view field = encoded.substr(0, end);
        encoded = end == std::string_view::npos ? std::string_view{} : encoded.substr(end + 1);
        if (field.empty()) continue;
        const std::size_t mark = field.find('=');
        const std::string_view value =
            mark == std::string_view::npos ? std::string_view{} : field.substr(mark + 1);
        add(url_decoded(field.substr(0, mark)), url_decoded(value));
    }
}

void Form::add(std::string name, std::string value) {
    if (fields_.size() < kFieldsMax) fields_.emplace_back(std::move(name), std::move(value));
}

const std::string* Form::find(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
        if (key == name) return &value;
    }
    return nullptr;
}

std::string_view Form::get(std::string_view name) const {
    const std::string* value = find(name);
    return value == nullptr ? std::string_view{} : std::string_view{*value};
}

std::vector<std::string_view> Form::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& [key, value] : fields_) {
        const bool as_list = key.size() == name.size() + 2 && key.starts_with(name) && key.ends_with("[]");
        if (key == name || as_list) values.push_back(value);
    }
    return values;
}

}  // namespace plumb::exchange

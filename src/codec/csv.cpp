#include "codec/csv.hpp"

#include <algorithm>

namespace plumb::codec {

CsvReader::CsvReader(std::string_view text) : text_{text}, rest_{text} {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

Result<std::optional<std::span<const std::string_view>>> CsvReader::next() {
    for (;;) {
        if (rest_.empty()) return std::nullopt;
        fields_.clear();
        unescaped_.clear();
        place_ = {text_.size() - rest_.size(), lines_read_ + 1};
        if (const Status read = read_record(); !read) return fail(read.error());
        const bool blank = fields_.size() == 1 && fields_[0].empty();
        if (!blank) return std::span<const std::string_view>{fields_};
    }
}

void CsvReader::go_to(Place place) {
    rest_ = text_.substr(place.offset);
    lines_read_ = place.line - 1;
}

Status CsvReader::read_record() {
    for (;;) {
        if (rest_.starts_with('"')) {
            if (const Status quoted = read_quoted(); !quoted) return quoted;
        } else {
            const std::size_t end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
            fields_.push_back(rest_.substr(0, end));
            rest_.remove_prefix(end);
        }
        if (rest_.empty()) {
            ++lines_read_;
            return {};
        }
        const char after = rest_[0];
        rest_.remove_prefix(1);
        if (after == ',') continue;
        if (after == '\r' && rest_.starts_with('\n')) rest_.remove_prefix(1);
        ++lines_read_;
        return {};
    }
}

Status CsvReader::read_quoted() {
    std::size_t at = 1;
    bool doubled = false;
    for (;;) {
        at = rest_.find('"', at);
        if (at == std::string_view::npos) return fail(Errc::parse, "a quoted field is never closed");
        if (at + 1 >= rest_.size() || rest_[at + 1] != '"') break;
        doubled = true;
        at += 2;
    }
    std::string_view inside = rest_.substr(1, at - 1);
    lines_read_ += static_cast<std::size_t>(std::ranges::count(inside, '\n'));
    rest_.remove_prefix(at + 1);
    if (!rest_.empty() && rest_[0] != ',' && rest_[0] != '\r' && rest_[0] != '\n') {
        return fail(Errc::parse, "expected a comma or the line's end after a closing quote");
    }
    if (!doubled) {
        fields_.push_back(inside);
        return {};
    }
    std::string& plain = unescaped_.emplace_back();
    for (std::size_t i = 0; i < inside.size(); ++i) {
        plain += inside[i];
        if (inside[i] == '"') ++i;
    }
    fields_.push_back(plain);
    return {};
}

}  // namespace plumb::codec

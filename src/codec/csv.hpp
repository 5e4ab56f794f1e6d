#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::codec {

/// Reads comma-separated text record by record (RFC 4180): quoted fields, doubled quotes, line breaks inside
/// quotes, LF or CRLF, a byte order mark. The text is borrowed and must outlive the reader. One pass, no copy
/// of plain fields.
class CsvReader {
 public:
    explicit CsvReader(std::string_view text);

    /// The next record's fields, valid until the next call; nothing at the end. Lines without any character
    /// are skipped. Errc::parse for a quote that is never closed or is followed by text.
    Result<std::optional<std::span<const std::string_view>>> next();

    /// Where the record last returned begins: line 1 is the header.
    std::size_t line() const { return place_.line; }
    /// Where it begins in the text, and a way back there.
    struct Place {
        std::size_t offset = 0;
        std::size_t line = 0;
    };
    Place place() const { return place_; }
    void go_to(Place place);

 private:
    Status read_record();
    Status read_quoted();

    std::string_view text_;
    std::string_view rest_;
    Place place_;
    std::vector<std::string_view> fields_;
    std::deque<std::string> unescaped_;  // fields with doubled quotes; a deque keeps their addresses
    std::size_t lines_read_ = 0;
};

}  // namespace plumb::codec

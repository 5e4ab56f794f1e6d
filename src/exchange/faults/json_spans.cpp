#include "exchange/faults/json_spans.hpp"

namespace plumb::exchange {
namespace {

constexpr int kDepthMax = 64;
constexpr std::size_t kSpansMax = 100'000;

class Scanner {
 public:
    explicit Scanner(std::string_view text) : text_{text} {}

    std::optional<std::vector<JsonSpan>> scan() {
        if (!value({}, -1, false, 0)) return std::nullopt;
        skip_blanks();
        if (at_ != text_.size()) return std::nullopt;
        return std::move(spans_);
    }

 private:
    void skip_blanks() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
            ++at_;
    }
    bool take(char wanted) {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    bool skip_string() {
        if (!take('"')) return false;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\') {
                ++at_;
            } else if (text_[at_] == '"') {
                ++at_;
                return true;
            }
        }
        return false;
    }

    bool value(std::string_view key, int parent, bool in_array, int depth) {
        skip_blanks();
        if (at_ == text_.size() || kDepthMax < depth || kSpansMax <= spans_.size()) return false;
        const auto place = static_cast<int>(spans_.size());
        spans_.push_back({JsonKind::word, key, at_, at_, parent, in_array});
        const char first = text_[at_];
        bool ok = false;
        if (first == '{') {
            spans_[place].kind = JsonKind::object;
            ok = members(place, depth);
        } else if (first == '[') {
            spans_[place].kind = JsonKind::array;
            ok = elements(place, depth);
        } else if (first == '"') {
            spans_[place].kind = JsonKind::text;
            ok = skip_string();
        } else {
            ok = bare(spans_[place].kind);
        }
        spans_[place].end = at_;
        return ok;
    }

    bool bare(JsonKind& kind) {
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               std::string_view{",]} \n\r\t"}.find(text_[at_]) == std::string_view::npos)
            ++at_;
        const std::string_view word = text_.substr(begin, at_ - begin);
        if (word == "true" || word == "false" || word == "null") return true;
        kind = JsonKind::number;
        return !word.empty() && word.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
    }

    bool members(int place, int depth) {
        ++at_;
        if (take('}')) return true;
        do {
            skip_blanks();
            const std::size_t begin = at_;
            if (!skip_string()) return false;
            const std::string_view key = text_.substr(begin + 1, at_ - begin - 2);
            if (!take(':') || !value(key, place, false, depth + 1)) return false;
        } while (take(','));
        return take('}');
    }

    bool elements(int place, int depth) {
        ++at_;
        if (take(']')) return true;
        do {
            if (!value(spans_[place].key, place, true, depth + 1)) return false;
        } while (take(','));
        return take(']');
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<JsonSpan> spans_;
};

}  // namespace

std::optional<std::vector<JsonSpan>> json_spans(std::string_view text) { return Scanner{text}.scan(); }

}  // namespace plumb::exchange

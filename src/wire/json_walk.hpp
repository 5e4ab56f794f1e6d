#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "wire/members.hpp"

namespace plumb::wire {

/// The quick way through a short frame: simdjson's first stage finds its tokens and proves its UTF-8, and one
/// walk over them takes the members. It answers only what is plainly right; anything else (an error, a key
/// that stands twice, space before a colon, a frame that is long) makes it say no, and the frame goes the
/// general way, by JsonFrame, which alone refuses and says why. So the two may differ in time only: each
/// venue's decode_fuzz holds one against the other.
///
/// Tokens are cut as JsonFrame's are, each up to where the next begins. Allocates in the constructor only.
class JsonWalk {
 public:
    static constexpr std::size_t kBytesMax = 4096;

    JsonWalk();
    ~JsonWalk();
    JsonWalk(const JsonWalk&) = delete;
    JsonWalk& operator=(const JsonWalk&) = delete;

    /// For the fuzzers: without it nothing goes the quick way.
    void set_on(bool on) { on_ = on; }

    /// Copies the bytes to where they may be read past their end, and stands on the first token. False: not
    /// for the quick way.
    bool start(std::string_view bytes);
    /// Where the bytes begin, for offsets.
    const char* begin() const { return text_.data(); }
    /// Whether every token was walked over.
    bool at_end() const { return at_ == end_; }
    /// The first byte of the token in hand; zero at the end.
    char peek() const { return text_[*at_]; }

    // Each stands on a value and moves behind it. False: not for the quick way, and where it stands is
    // undefined.

    bool scalar(std::string_view& token) {
        const char* from = text_.data() + *at_;
        if (is_mark(*from)) return false;
        token = {from, at_[1] - at_[0]};
        ++at_;
        return true;
    }
    /// Any value.
    bool skip() {
        std::string_view token;
        if (peek() != '{' && peek() != '[') return scalar(token);
        for (int depth = 0; at_ != end_;) {
            const char c = text_[*at_++];
            if (c == '{' || c == '[') ++depth;
            if ((c == '}' || c == ']') && --depth == 0) return true;
        }
        return false;
    }
    /// `each(name)` for every member, standing on its value: it moves behind it, or returns false.
    template <class Each>
    bool object(Each&& each) {
        if (peek() != '{') return false;
        ++at_;
        if (peek() == '}') return ++at_, true;
        for (;;) {
            const char* key = text_.data() + at_[0];
            const char* colon = text_.data() + at_[1];
            if (*key != '"' || *colon != ':' || colon[-1] != '"') return false;
            at_ += 2;
            if (!each(std::string_view{key + 1, static_cast<std::size_t>(colon - key - 2)})) return false;
            const char next = peek();
            ++at_;
            if (next == '}') return true;
            if (next != ',') return false;
        }
    }
    /// `each()` for every element, standing on it.
    template <class Each>
    bool array(Each&& each) {
        if (peek() != '[') return false;
        ++at_;
        if (peek() == ']') return ++at_, true;
        for (;;) {
            if (!each()) return false;
            const char next = peek();
            ++at_;
            if (next == ']') return true;
            if (next != ',') return false;
        }
    }
    /// As JsonFrame::read: scalars of known keys into `members`, what else stands under a known key through
    /// `nested(key)`, unknown keys are skipped.
    template <std::size_t Count, class Nested>
    bool read(const KeyTable<Count>& keys, Members& members, Nested&& nested) {
        members.clear();
        return object([&](std::string_view name) {
            const std::size_t key = keys.find_padded(name);
            if (key == Count) return skip();
            const char first = peek();
            if (first == '{' || first == '[') return static_cast<bool>(nested(key));
            std::string_view token;
            return scalar(token) && members.set(key, token);
        });
    }

 private:
    struct Cutter;  // simdjson's, out of sight of those who include this

    static bool is_mark(char c) {
        return c == ',' || c == ':' || c == '}' || c == ']' || c == '{' || c == '[' || c == '\0';
    }

    static constexpr std::size_t kPadding = 64;
    std::array<char, kBytesMax + kPadding> text_;
    const std::uint32_t* at_ = nullptr;   // the token in hand
    const std::uint32_t* end_ = nullptr;  // one past the last; behind it stand places of zeros
    bool on_ = true;
    std::unique_ptr<Cutter> cutter_;
};

}  // namespace plumb::wire

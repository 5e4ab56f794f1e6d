#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace plumb::io {

/// Bytes in one piece that grow at the end and are used up at the front. After its contents kPadding bytes
/// more may always be read (not meant): simdjson reads past the end. Keeps its memory when cleared: no
/// allocation after warm-up.
class FlatBuffer {
 public:
    static constexpr std::size_t kPadding = 64;

    std::string_view view() const { return {data_.get() + begin_, size_}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    void append(std::string_view bytes);
    /// Room for `count` bytes at the end, to be written and then counted in with grow().
    char* room(std::size_t count);
    void grow(std::size_t count) { size_ += count; }
    void consume(std::size_t count);
    void clear() { begin_ = size_ = 0; }

 private:
    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;  // without the padding
    std::size_t begin_ = 0;
    std::size_t size_ = 0;
};

}  // namespace plumb::io

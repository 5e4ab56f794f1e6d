# cmake -DIN=file -DOUT=file.cpp -DSYMBOL=name -P embed_file.cmake
# Writes a source file that holds the bytes of IN as plumb::report::assets::SYMBOL.
file(READ ${IN} BYTES HEX)
string(REGEX REPLACE "(................................................................)" "\\1\n" BYTES "${BYTES}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," BYTES "${BYTES}")
file(WRITE ${OUT} "#include \"report/assets.hpp\"

namespace plumb::report::assets {
namespace {

constexpr unsigned char kBytes[] = {
${BYTES}};

}  // namespace

std::string_view ${SYMBOL}() { return {reinterpret_cast<const char*>(kBytes), sizeof kBytes}; }

}  // namespace plumb::report::assets
")

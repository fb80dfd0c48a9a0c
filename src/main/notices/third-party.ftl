Barrage is under the Apache License 2.0 (META-INF/LICENSE). This jar contains works of others:

<#list dependencyMap as each>
  ${each.getKey().groupId}:${each.getKey().artifactId} ${each.getKey().version}
      ${each.getValue()?join(" or ")}<#if each.getKey().url?has_content>, ${each.getKey().url}</#if>
</#list>

Inside of these, or beside them:

  Redis (redis-server-*), packed by com.github.codemonstur:embedded-redis
      BSD-3-Clause, Copyright (c) 2006-2020 Salvatore Sanfilippo; with
      Lua, MIT, Copyright (C) 1994-2012 Lua.org, PUC-Rio; and
      jemalloc, BSD-2-Clause, Copyright (C) 2002-present Jason Evans,
      Copyright (C) 2007-2012 Mozilla Foundation, Copyright (C) 2009-present Facebook, Inc.;
      https://redis.io
  org.jctools:jctools-core and org.jctools:jctools-core-jdk11, in netty-common
      Apache-2.0, https://github.com/JCTools/JCTools
  com.google.code.gson:gson and com.github.stephenc.jcip:jcip-annotations, in nimbus-jose-jwt
      Apache-2.0, https://github.com/google/gson, https://github.com/stephenc/jcip-annotations
  @kurkle/color, in chart.js
      MIT, Copyright (c) 2023 Jukka Kurkela, https://github.com/kurkle/color
  FastDoubleParser, jsoniter-scala and xjb, in jackson-core
      META-INF/FastDoubleParser-LICENSE, META-INF/FastDoubleParser-ThirdParty-LICENSE,
      META-INF/jsoniter-scala-LICENSE, META-INF/xjb-LICENSE

What their authors want to be told with them is in META-INF/NOTICE. Logback is used under the
EPL-2.0, https://www.eclipse.org/legal/epl-2.0/; its source code is at https://github.com/qos-ch/logback.


Apache-2.0: META-INF/LICENSE


MIT

  Copyright (c) 2023-Present Redis Ltd. (lettuce-core)
  Copyright (c) 2004-2023 QOS.ch (slf4j-api)
  Copyright (c) 2015-2020 Tongfei Chen (progressbar)
  Copyright (c) 2014-2024 Chart.js Contributors (chart.js)
  Copyright (c) 2023 Jukka Kurkela (@kurkle/color)
  Copyright (C) 1994-2012 Lua.org, PUC-Rio (Lua)

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.


MIT-0 (reactive-streams)

As above, without the condition.


BSD-2-Clause (jemalloc; HdrHistogram, which is in the public domain by CC0-1.0 as well)
and BSD-3-Clause (Redis)

  Copyright (c) 2006-2020 Salvatore Sanfilippo
  Copyright (C) 2002-present Jason Evans
  Copyright (C) 2007-2012 Mozilla Foundation
  Copyright (C) 2009-present Facebook, Inc.
  Copyright (c) 2012-2016 Gil Tene, Copyright (c) 2014 Michael Barker, Copyright (c) 2014 Matt Warren
All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

  * Redistributions of source code must retain the above copyright notice, this list of conditions
    and the following disclaimer.
  * Redistributions in binary form must reproduce the above copyright notice, this list of
    conditions and the following disclaimer in the documentation and/or other materials provided
    with the distribution.
  * BSD-3-Clause only: Neither the name of Redis nor the names of its contributors may be used to
    endorse or promote products derived from this software without specific prior written
    permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR
IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT OWNER OR
CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER
IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT
OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

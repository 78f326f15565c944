### صفحات التسجيلات ولوائحها وصفحة الانضمام.
### To be reviewed by a Moroccan social worker before use.

## Names of records and links
colon = :
ref-unknown = تسجيل
ref-no-code = شخص دون رمز
device-unknown = جهاز غير معروف
link-to = ({ $what })

## A record
conflict-shown = معروضة إلى حين اتخاذ قرار
conflict-settle = كيف يحسم الأمر؟
conflict-settle-how = يحسم الأمر جهاز من أجهزة الوحدة: اكتب فيه أحد هذه الأسطر. تبقى كل القيم في السجل الزمني.
record-id = المعرف، للأوامر:
history-counted-times = أضاف { $who } { $n } إلى { $field } على { $times } دفعات من { $time } إلى { $until }.

## All records of a day
records-list = كل تسجيلات اليوم
records-by-time = حسب ترتيب الوقت
left-out = غير محتسبة ضمن اللقاءات:
record-is-voided = ملغى
paging = صفحات اللائحة
page-previous = الصفحة السابقة
page-next = الصفحة الموالية
page-of = الصفحة { $page } من { $pages }
print-left-out = لم يطبع، ويوجد على الشاشة: { $lists }.

## What was set aside
aside-title = موضوعة جانبا
aside-list = تعديلات لم تقبل
aside-note = لم يضع منها شيء: هي محفوظة كما وردت ولا يمكن لأحد قراءتها هنا.
aside-none = لا شيء موضوع جانبا.
aside-show = عرض اللائحة
aside-received = وردت
aside-scope = موجهة إلى
aside-device = الجهاز
aside-why = السبب
aside-unknown-record = تسجيل غير موجود هنا

## An enrolment link in a browser
enrol-title = الانضمام إلى وحدة
enrol-what = يضم هذا الرابط جهازا واحدا إلى وحدة. يستعمل على الجهاز نفسه وليس في المتصفح.
enrol-step-copy = انسخ عنوان هذه الصفحة كاملا. الرمز في آخره بعد العلامة #.
enrol-step-run = على حاسوب العربة، افتح الطرفية واكتب:
enrol-step-quotes = ضع العنوان الذي نسخته بين علامتي الاقتباس.
enrol-private = لا يغادر الرمز هذا المتصفح. لا ترسل الرابط إلى أي شخص آخر.

## Numbers with their plural forms
conflict-values =
    { $n ->
         [zero] لا قيمة:
         [one] قيمة واحدة:
         [two] قيمتان:
         [few] { $n } قيم:
         [many] { $n } قيمة:
        *[other] { $n } قيمة:
    }
count-encounters =
    { $n ->
         [zero] لا تسجيل لقاء
         [one] تسجيل لقاء واحد
         [two] تسجيلا لقاءين
         [few] { $n } تسجيلات لقاءات
         [many] { $n } تسجيل لقاء
        *[other] { $n } تسجيل لقاء
    }
count-tours =
    { $n ->
         [zero] لا جولات
         [one] جولة واحدة
         [two] جولتان
         [few] { $n } جولات
         [many] { $n } جولة
        *[other] { $n } جولة
    }
count-referrals =
    { $n ->
         [zero] لا إحالات
         [one] إحالة واحدة
         [two] إحالتان
         [few] { $n } إحالات
         [many] { $n } إحالة
        *[other] { $n } إحالة
    }
count-follow-ups =
    { $n ->
         [zero] لا تتبع
         [one] تتبع واحد
         [two] تتبعان
         [few] { $n } تتبعات
         [many] { $n } تتبعا
        *[other] { $n } تتبع
    }
left-out-voided =
    { $n ->
         [zero] لا ملغى
         [one] واحد ملغى
         [two] اثنان ملغيان
         [few] { $n } ملغاة
         [many] { $n } ملغى
        *[other] { $n } ملغى
    }
left-out-drafts =
    { $n ->
         [zero] لا شيء دون نتيجة
         [one] واحد دون نتيجة بعد
         [two] اثنان دون نتيجة بعد
         [few] { $n } دون نتيجة بعد
         [many] { $n } دون نتيجة بعد
        *[other] { $n } دون نتيجة بعد
    }
left-out-attempts =
    { $n ->
         [zero] لا محاولات
         [one] محاولة واحدة دون اتصال
         [two] محاولتان دون اتصال
         [few] { $n } محاولات دون اتصال
         [many] { $n } محاولة دون اتصال
        *[other] { $n } محاولة دون اتصال
    }
left-out-observed =
    { $n ->
         [zero] لا ملاحظات
         [one] ملاحظة واحدة فقط
         [two] ملاحظتان فقط
         [few] { $n } ملاحظات فقط
         [many] { $n } ملاحظة فقط
        *[other] { $n } ملاحظة فقط
    }
records-all =
    { $n ->
         [zero] لا تسجيلات
         [one] عرض تسجيل اليوم الوحيد
         [two] عرض تسجيلي اليوم حسب ترتيب الوقت
         [few] عرض تسجيلات اليوم الـ{ $n } حسب ترتيب الوقت
         [many] عرض تسجيلات اليوم ({ $n }) حسب ترتيب الوقت
        *[other] عرض تسجيلات اليوم ({ $n }) حسب ترتيب الوقت
    }
enrol-once =
    { $n ->
         [zero] انتهت صلاحيته.
         [one] يمكن لجهاز واحد استعماله خلال ساعة من إنشائه.
         [two] يمكن لجهاز واحد استعماله خلال ساعتين من إنشائه.
         [few] يمكن لجهاز واحد استعماله خلال { $n } ساعات من إنشائه.
         [many] يمكن لجهاز واحد استعماله خلال { $n } ساعة من إنشائه.
        *[other] يمكن لجهاز واحد استعماله خلال { $n } ساعة من إنشائه.
    }

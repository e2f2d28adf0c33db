// Every icon of the UI, named in one place: what is imported elsewhere by accident would bring thousands of modules.
export {
  IconAdjustments, IconAlertTriangle, IconArchive, IconArrowBackUp, IconArrowDown, IconArrowLeft, IconArrowUp, IconBan, IconBell,
  IconBook, IconBrandWhatsapp, IconBug, IconCalculator, IconCamera, IconCar, IconCheck, IconChevronDown, IconChevronLeft,
  IconChevronRight, IconChevronUp, IconClipboardText, IconClock, IconCopy, IconDeviceFloppy, IconDots, IconDownload, IconEdit,
  IconExternalLink, IconEye, IconFileText, IconFileTypePdf, IconFileZip, IconFilter, IconFlag, IconFolder, IconGripVertical,
  IconHelp, IconHistory, IconHome, IconInbox, IconInfoCircle, IconKey, IconLink, IconList, IconListCheck, IconLock, IconLogout,
  IconMail, IconMenu2, IconMessage, IconMessages, IconMoon, IconNote, IconPhone, IconPhoto, IconPlayerPause, IconPlayerPlay,
  IconPlus, IconPrinter, IconQuestionMark, IconRefresh, IconRotateClockwise, IconSearch, IconSend, IconSettings, IconShield,
  IconSparkles, IconStar, IconSun, IconSunMoon, IconTable, IconTag, IconTags, IconThumbDown, IconThumbUp, IconTrash,
  IconUpload, IconUser, IconUserCheck, IconUsers, IconX, IconZoomIn, IconZoomOut,
} from '@tabler/icons-react';
